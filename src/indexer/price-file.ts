import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { showValue } from './show-value.js';
import { type Line, linesOf } from './sources/lines.js';

const LATEST_MS = 8_640_000_000_000_000;

/** A token's price from a moment on. */
export interface PriceRow {
  readonly tokenCode: string;
  readonly timestampMs: number;
  /** Decimal digits, as given: never through a float. */
  readonly priceUsd: string;
}

/** A file of prices that cannot be taken: configuration, not an event, is at fault. */
export class PriceFileError extends Error {
  readonly code = 'BAD_PRICE_FILE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PriceFileError';
  }
}

const DIGITS = 'decimal digits in quotes, such as "2431.337"';
const PRICE_ROW = z.object(
  {
    tokenCode: z.string('a text').regex(/^[^\0]+$/, 'a text'),
    timestampMs: z.int('whole milliseconds since 1970').min(0, '0 or more').max(LATEST_MS, 'milliseconds'),
    priceUsd: z.string(DIGITS).regex(/^\d{1,60}(\.\d{1,60})?$/, DIGITS),
  },
  'an object',
);

function readRow(line: Line, path: string): PriceRow {
  const position = `${path}:${line.number}`;
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (cause) {
    throw new PriceFileError(`${position}: expected a JSON object, found ${showValue(line.text)}`, { cause });
  }
  const result = PRICE_ROW.safeParse(value);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path: field, message }) => {
    const found = (value as Record<string, unknown> | null)?.[String(field[0])];
    return field.length === 0
      ? `expected ${message}`
      : `${field.join('.')}: expected ${message}, found ${showValue(found)}`;
  });
  throw new PriceFileError(`${position}: ${wrong.join('; ')}`);
}

/**
 * The rows of a file of prices, NDJSON, streamed: `{"tokenCode":"ETH","timestampMs":1728000000000,"priceUsd":"2431.337"}`.
 * @throws PriceFileError naming file, line and field, at the first row that is wrong, or when the file cannot be read
 */
export async function* readPriceFile(path: string): AsyncGenerator<PriceRow> {
  try {
    for await (const lines of linesOf(createReadStream(path)))
      for (const line of lines) yield readRow(line, path);
  } catch (cause) {
    if (cause instanceof PriceFileError) throw cause;
    throw new PriceFileError(
      `${path}: expected a file of prices that can be read; ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}
