/** A number without rounding: `digits / 10 ** scale`. */
export interface Decimal {
  readonly digits: bigint;
  /** Digits after the point, 0 or more. */
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads `2431.337`, `-1`, `1e21` or `1.5e-7`; undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** Writes a number without an exponent and without zeros at its end: `2431.337`, `0.0000001`, `12`. */
export function formatDecimal({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const point = text.length - scale;
  const fraction = text.slice(point).replace(/0+$/, '');
  return `${sign}${text.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** An amount in a token's smallest unit times a price of one whole token: exact. */
export function amountTimesPrice(options: { amount: bigint; decimals: number; price: Decimal }): Decimal {
  const { amount, decimals, price } = options;
  return { digits: amount * price.digits, scale: decimals + price.scale };
}

/**
 * How much of a token a value buys, in the token's smallest unit, rounded down: a donation never counts for more than it was.
 * The price has to be above 0.
 */
export function valueInToken(options: { value: Decimal; decimals: number; price: Decimal }): bigint {
  const { value, decimals, price } = options;
  const dividend = value.digits * 10n ** BigInt(decimals + price.scale);
  return dividend / (price.digits * 10n ** BigInt(value.scale));
}

/** A number of whole tokens in the token's smallest unit, rounded down. */
export function toSmallestUnit(number: Decimal, decimals: number): bigint {
  return (number.digits * 10n ** BigInt(decimals)) / 10n ** BigInt(number.scale);
}
