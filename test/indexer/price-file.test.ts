import { describe, expect, it } from 'vitest';
import { type PriceRow, readPriceFile } from '../../src/indexer/price-file.js';
import { temporaryFile } from './fixtures.js';

const row = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify({ tokenCode: 'ETH', timestampMs: 1_728_000_000_000, priceUsd: '2431.337', ...changes });

async function read(path: string): Promise<PriceRow[]> {
  const rows: PriceRow[] = [];
  for await (const one of readPriceFile(path)) rows.push(one);
  return rows;
}

describe('a file of prices', () => {
  it('is read in order, prices digit by digit', async () => {
    const digits = '0.000000000000000000123456789012345678';
    const path = temporaryFile('prices.ndjson', `\uFEFF${row()}\r\n\n${row({ priceUsd: digits })}`);
    expect((await read(path)).map(({ priceUsd }) => priceUsd)).toEqual(['2431.337', digits]);
  });

  it.each([
    ['no JSON', '{', 'expected a JSON object, found "{"'],
    ['a list', '[]', 'expected an object'],
    [
      'a price that is a float',
      row({ priceUsd: 2431.337 }),
      'priceUsd: expected decimal digits in quotes, such as "2431.337", found 2431.337',
    ],
    [
      'a negative price',
      row({ priceUsd: '-1' }),
      'priceUsd: expected decimal digits in quotes, such as "2431.337", found "-1"',
    ],
    [
      'an exponent',
      row({ priceUsd: '1e3' }),
      'priceUsd: expected decimal digits in quotes, such as "2431.337", found "1e3"',
    ],
    ['a NUL', row({ tokenCode: 'E\0TH' }), 'tokenCode: expected a text, found "E\\u0000TH"'],
    ['no token', row({ tokenCode: undefined }), 'tokenCode: expected a text, found nothing'],
    [
      'a time that is a text',
      row({ timestampMs: 'now' }),
      'timestampMs: expected whole milliseconds since 1970, found "now"',
    ],
  ])('is refused for %s, with file, line and field', async (_, line, reason) => {
    const path = temporaryFile('prices.ndjson', `${row()}\n${line}\n`);
    await expect(read(path)).rejects.toMatchObject({
      code: 'BAD_PRICE_FILE',
      message: `${path}:2: ${reason}`,
    });
  });

  it('is refused where it cannot be read', async () => {
    await expect(read('/nowhere/prices.ndjson')).rejects.toMatchObject({
      code: 'BAD_PRICE_FILE',
      message: expect.stringMatching(
        /^\/nowhere\/prices\.ndjson: expected a file of prices that can be read; ENOENT/,
      ),
    });
  });
});
