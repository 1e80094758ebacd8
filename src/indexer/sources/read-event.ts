import { z } from 'zod';
import { toAddress } from '../address.js';
import type { BadEventCode } from '../bad-event-error.js';
import type { IndexerEvent } from '../event.js';
import { showValue } from '../show-value.js';
import type { SourceItem } from './source.js';

const LARGEST_INT4 = 2 ** 31 - 1;
const LAST_SECOND_OF_9999 = 253_402_300_799;

/** A number, or a text of digits, as a whole number from 0 to `largest`; undefined for anything else. */
function toWhole(value: unknown, largest: number): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && number <= largest
    ? number
    : undefined;
}

/** A field that `read` turns into its value; where it answers undefined, `expected` says what it had to be. */
function field<T>(
  read: (value: unknown) => T | undefined,
  problem: { expected: string; code?: BadEventCode },
) {
  return z.unknown().transform((value, context): T => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: problem.expected, params: { code: problem.code } });
    return z.NEVER;
  });
}

const whole = (largest: number, expected: string) => field((value) => toWhole(value, largest), { expected });
const address = field(toAddress, {
  expected: 'an address of 20 bytes as 0x and 40 hex digits',
  code: 'BAD_ADDRESS',
});
/** PostgreSQL has no place for a NUL in a text. */
const text = field((value) => (typeof value === 'string' && /^[^\0]+$/.test(value) ? value : undefined), {
  expected: 'a text',
});
const transactionHash = field(
  (value) => (typeof value === 'string' && /^0x[0-9a-f]{64}$/i.test(value) ? value : undefined),
  { expected: '32 bytes as 0x and 64 hex digits' },
);

const EVENT = z.object(
  {
    chainId: whole(LARGEST_INT4, 'a chain id, a whole number below 2^31'),
    blockNumber: whole(Number.MAX_SAFE_INTEGER, 'a whole number, 0 or more'),
    blockTimestamp: whole(LAST_SECOND_OF_9999, 'whole seconds since 1970'),
    logIndex: whole(LARGEST_INT4, 'a whole number, 0 or more'),
    contractName: text,
    eventName: text,
    srcAddress: address,
    params: z.record(z.string(), z.unknown(), { error: 'an object' }),
    transactionFields: z.object(
      {
        hash: transactionHash,
        transactionIndex: whole(LARGEST_INT4, 'a whole number, 0 or more'),
        from: address.nullish(),
      },
      { error: 'an object' },
    ),
  },
  { error: 'an object' },
);

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null)?.[key], root);
}

function describe(issue: z.core.$ZodIssue, root: unknown): string {
  return `${issue.path.join('.') || 'event'}: expected ${issue.message}, found ${showValue(valueAt(root, issue.path))}`;
}

function codeOf(issue: z.core.$ZodIssue | undefined): BadEventCode {
  const code = issue?.code === 'custom' ? issue.params?.['code'] : undefined;
  return (code as BadEventCode | undefined) ?? 'BAD_FIELD';
}

/** The ids of an event as far as they can be read: what a bad row can still be found by. */
export function readIds(value: unknown): { chainId?: number; blockNumber?: number; logIndex?: number } {
  const row = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const chainId = toWhole(row['chainId'], LARGEST_INT4);
  const blockNumber = toWhole(row['blockNumber'], Number.MAX_SAFE_INTEGER);
  const logIndex = toWhole(row['logIndex'], LARGEST_INT4);
  return {
    ...(chainId === undefined ? {} : { chainId }),
    ...(blockNumber === undefined ? {} : { blockNumber }),
    ...(logIndex === undefined ? {} : { logIndex }),
  };
}

/** Where a value came from. */
export interface Origin {
  readonly position: string;
  readonly payload: string;
}

/** Checks a parsed value; every field that is wrong is in the reason of the bad item that it becomes then. */
export function readEvent(value: unknown, origin: Origin): SourceItem {
  const result = EVENT.safeParse(value);
  if (!result.success) {
    const { issues } = result.error;
    const reason = issues.map((issue) => describe(issue, value)).join('; ');
    return { kind: 'bad', ...origin, code: codeOf(issues[0]), reason, ...readIds(value) };
  }
  const { from, ...transaction } = result.data.transactionFields;
  const event: IndexerEvent = {
    ...result.data,
    transactionFields: { ...transaction, ...(from ? { from } : {}) },
  };
  return { kind: 'event', event, ...origin };
}

/** Reads an event from its JSON text. */
export function readEventText(text: string, position: string): SourceItem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return {
      kind: 'bad',
      position,
      payload: text,
      code: 'BAD_JSON',
      reason: `expected a JSON object, found ${showValue(text)} (${found})`,
    };
  }
  return readEvent(value, { position, payload: text });
}
