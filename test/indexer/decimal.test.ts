import { describe, expect, it } from 'vitest';
import {
  amountTimesPrice,
  formatDecimal,
  parseDecimal,
  toSmallestUnit,
  valueInToken,
} from '../../src/indexer/prices/decimal.js';

function decimal(text: string) {
  const parsed = parseDecimal(text);
  if (!parsed) throw new Error(`${text} is no decimal`);
  return parsed;
}

describe('decimals', () => {
  it.each([
    ['2431.337', '2431.337'],
    ['0.10', '0.1'],
    ['007', '7'],
    ['-0.5', '-0.5'],
    ['1e21', '1000000000000000000000'],
    ['1.5e-7', '0.00000015'],
    ['12.', '12'],
    ['0.000', '0'],
  ])('reads %s and writes %s', (text, written) => {
    expect(formatDecimal(decimal(text))).toBe(written);
  });

  it.each(['', '.', '1,5', 'NaN', '0x10', '1e', '--1', ' 1'])('does not read %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it('multiplies an amount by a price without losing a digit', () => {
    const amount = 115792089237316195423570985008687907853269984665640564039457584007913129639935n;
    const value = amountTimesPrice({ amount, decimals: 18, price: decimal('2431.337') });
    expect(formatDecimal(value)).toBe(
      '281529590869988646632558807978068231816245884707004532050002683.929047484879370643095',
    );
  });

  it('tells a value in another token, rounded down', () => {
    const value = { value: decimal('10'), decimals: 6, price: decimal('3') };
    expect(valueInToken(value)).toBe(3_333_333n);
    expect(valueInToken({ ...value, price: decimal('0.0000001') })).toBe(100_000_000_000_000n);
    expect(valueInToken({ ...value, value: decimal('0.000001'), price: decimal('2') })).toBe(0n);
  });

  it('tells whole tokens in the smallest unit, rounded down', () => {
    expect(toSmallestUnit(decimal('10000.5'), 6)).toBe(10_000_500_000n);
    expect(toSmallestUnit(decimal('0.0000019'), 6)).toBe(1n);
  });
});
