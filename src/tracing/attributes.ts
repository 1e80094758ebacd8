import { kindOf } from './expect-function.js';
import { sayRefused } from './refused-attributes.js';

/**
 * The one table of attributes: the names that every span of an event's trace uses, what they are on the wire, where they sit, and which are found out
 * of a trace rather than given.
 * A key has one type wherever it appears; `decimal` is a string of digits, never a float.
 */
export const ATTRIBUTES = {
  chainId: { type: 'int', on: "every span of the event's trace, SQL spans included" },
  roundId: { type: 'string', on: "every span of the event's trace, SQL spans included" },
  applicationId: { type: 'string', on: "every span of the event's trace, SQL spans included" },
  eventName: { type: 'string', on: 'event span' },
  contractName: { type: 'string', on: 'event span' },
  blockNumber: { type: 'int', on: 'event span' },
  logIndex: { type: 'int', on: 'event span' },
  blockAgeMs: { type: 'int', on: 'event span: its start less the time of the block' },
  transactionHash: { type: 'string', on: 'event span' },
  donorAddress: { type: 'string', on: 'event span, InsertDonation' },
  recipientAddress: { type: 'string', on: 'event span, InsertDonation' },
  tokenAddress: { type: 'string', on: 'event span, InsertDonation' },
  amount: { type: 'decimal', on: 'event span, InsertDonation' },
  amountInUsd: { type: 'decimal', on: 'event span, InsertDonation' },
  amountInRoundMatchToken: { type: 'decimal', on: 'event span, InsertDonation' },
  donationCount: { type: 'int', on: 'InsertManyDonations' },
  totalAmountInUsd: { type: 'decimal', on: 'InsertManyDonations' },
  uniqueDonorsCount: { type: 'int', on: 'the two Increment spans' },
  totalDonationsCount: { type: 'int', on: 'the two Increment spans' },
  totalAmountDonatedInUsd: { type: 'decimal', on: 'the two Increment spans' },
  notFound: {
    type: 'bool',
    on: 'metadataLookup, metadataFetch, fetchPrices: it came to nothing; only ever true',
  },
  poolWaiting: {
    type: 'int',
    on: 'pg-pool.connect, where the pool opens no more connections: how many waited for one already',
    isFoundOut: true,
  },
  poolHeldBy: {
    type: 'string',
    on: 'beside poolWaiting: the steps that had the connections, by their names, each once',
    isFoundOut: true,
  },
  slow: { type: 'bool', on: 'every span above its threshold; only ever true', isFoundOut: true },
  slowThresholdMs: { type: 'int', on: 'beside slow', isFoundOut: true },
  slowCause: {
    type: 'string',
    on: 'slow event span: the span of its trace with the largest self time',
    isFoundOut: true,
  },
  slowCauseMs: { type: 'int', on: 'beside slowCause: that self time', isFoundOut: true },
  keepRatio: {
    type: 'double',
    on: 'event span, or other root, of a fast trace, only where the ratio is below 1',
    isFoundOut: true,
  },
  interrupted: {
    type: 'bool',
    on: 'a span that was open when the process ended; only ever true',
    isFoundOut: true,
  },
} as const satisfies Record<
  string,
  { type: 'int' | 'double' | 'string' | 'decimal' | 'bool'; on: string; isFoundOut?: true }
>;

/** The three ids that a trace is found by, on every span of it. */
export const EVENT_IDS = ['chainId', 'roundId', 'applicationId'] as const;

type AttributeName = keyof typeof ATTRIBUTES;

interface InputOf {
  int: number | bigint;
  double: number;
  string: string | number | bigint;
  decimal: string | bigint;
  bool: boolean;
}

/** What is found out of a trace, and given by nobody. */
type FoundOut = {
  [K in AttributeName]: (typeof ATTRIBUTES)[K] extends { isFoundOut: true } ? K : never;
}[AttributeName];

/** Attributes as callers give them. Numbers and bigints become what the table says; `undefined` is left out. */
export type TraceAttributes = {
  [K in Exclude<AttributeName, FoundOut>]?: InputOf[(typeof ATTRIBUTES)[K]['type']] | undefined;
};

type WireValue = string | number | boolean;

const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;

/** A number of JavaScript's that is not whole has been a float already. */
function toDecimal(value: unknown): string | undefined {
  const text = typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && PLAIN_NUMBER.test(text) ? text : undefined;
}

function toInt(value: unknown): number | undefined {
  const isNumeric =
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    (typeof value === 'string' && value.trim() !== '');
  const number = isNumeric ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  // Neither NaN nor 1e+21 is an id or an amount.
  return typeof value === 'number' && PLAIN_NUMBER.test(String(value)) ? String(value) : undefined;
}

function toWire(type: string, value: unknown): WireValue | undefined {
  switch (type) {
    case 'int':
      return toInt(value);
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'decimal':
      return toDecimal(value);
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    default:
      return toText(value);
  }
}

/** What is expected of an attribute of a type. */
const EXPECTED: Readonly<Record<string, string>> = {
  int: 'a whole number',
  double: 'a number',
  decimal: 'a decimal, as a text, a bigint or a whole number',
  string: 'a text',
  bool: 'true or false',
};

function foundIn(value: unknown): string {
  if (typeof value === 'bigint') return 'a bigint, or one that is too large';
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return kindOf(value);
  return Number.isFinite(value) ? 'a number that is not whole, or too large' : 'a number that is none';
}

/**
 * Attributes as a span takes them: each known key in the type that the table gives it. A value that cannot be that type is left out,
 * with a debug line, as is `undefined`, without one; a key that the table does not have passes if it is a string, number, boolean or bigint (as a string).
 * `besides` names what is no attribute. Never throws, whatever it is given: this is called in the middle of the application's work.
 */
export function toSpanAttributes(
  attributes: TraceAttributes,
  besides?: ReadonlySet<string>,
): Record<string, WireValue> {
  const result: Record<string, WireValue> = {};
  for (const name of namesOf(attributes)) {
    if (besides?.has(name)) continue;
    const value = readValue(attributes, name);
    if (value === undefined) continue;
    const wire = toSpanAttribute(name, value);
    if (wire !== undefined) result[name] = wire;
  }
  return result;
}

/** One attribute in the type that the table gives it; undefined where it cannot be that, with a debug line. Never throws. */
export function toSpanAttribute(name: string, value: unknown): WireValue | undefined {
  const known = (ATTRIBUTES as Record<string, { type: string; isFoundOut?: true }>)[name];
  if (known?.isFoundOut) {
    sayRefused(name, { expected: 'it to be given by nobody', found: kindOf(value) });
    return undefined;
  }
  const type =
    known?.type ?? (typeof value === 'number' ? 'double' : typeof value === 'boolean' ? 'bool' : 'string');
  const wire = toWire(type, value);
  if (wire === undefined) sayRefused(name, { expected: EXPECTED[type] ?? type, found: foundIn(value) });
  return wire;
}

/** Those that callers give. */
const GIVEN: ReadonlySet<string> = new Set(
  Object.entries(ATTRIBUTES).flatMap(([name, of]) => ('isFoundOut' in of ? [] : [name])),
);

/** Whether it inherits nothing of anybody's; false where it does not tell. */
function isPlain(attributes: object): boolean {
  try {
    return Object.getPrototypeOf(attributes) === Object.prototype;
  } catch {
    return false;
  }
}

/** Attributes of ours that an instance of a class inherits, as getters are; its methods are none. None where it does not tell. */
function inheritedNamesOf(attributes: object): string[] {
  const names: string[] = [];
  try {
    let above: unknown = Object.getPrototypeOf(attributes);
    while (typeof above === 'object' && above !== null && above !== Object.prototype) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(above)))
        if (GIVEN.has(name) && typeof value !== 'function') names.push(name);
      above = Object.getPrototypeOf(above);
    }
  } catch {
    // A proxy.
  }
  return names;
}

/** None of what is no object, and of a proxy that does not tell its keys. */
function namesOf(attributes: unknown): string[] {
  if (typeof attributes !== 'object' || attributes === null) return [];
  try {
    const names = Object.keys(attributes);
    return isPlain(attributes) ? names : [...new Set([...names, ...inheritedNamesOf(attributes)])];
  } catch {
    return [];
  }
}

/** Undefined where a getter throws. A promise is no attribute: should it fail, nobody else may hear of it. */
function readValue(attributes: object, name: string): unknown {
  try {
    const value = (attributes as Record<string, unknown>)[name];
    if (value instanceof Promise) value.then(undefined, () => {});
    return value;
  } catch {
    return undefined;
  }
}
