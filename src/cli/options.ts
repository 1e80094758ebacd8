import { closestTo } from '../tracing/closest.js';
import { DEFAULT_SERVICE_NAME } from '../tracing/variables.js';
import { readDurationMs } from './duration.js';
import { readHeader } from './header.js';
import { readMoment, readPastMoment } from './moment.js';
import type { Reading } from './reading.js';
import { isFigure } from './summary-figures.js';

interface Option<T> {
  readonly help: string;
  readonly short?: string;
  /** How the help calls the value; an option without one is on or off. */
  readonly placeholder?: string;
  /** It may be given several times; its values are then a list. */
  readonly repeatable?: true;
  /** Its value is never shown. */
  readonly secret?: true;
  readonly read: (text: string) => Reading<T>;
}

function wholeNumber(least: number): (text: string) => Reading<number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) && value >= least
      ? { value }
      : { expected: `a whole number, ${least} or more` };
  };
}

function someText(text: string): Reading<string> {
  return text.trim() === '' ? { expected: 'some text' } : { value: text.trim() };
}

function oneOf<T extends string>(...choices: readonly T[]): (text: string) => Reading<T> {
  return (text) => {
    const value = choices.find((choice) => choice === text.toLowerCase());
    if (value !== undefined) return { value };
    const closest = closestTo(text, choices);
    const hint = closest === undefined ? '' : ` (did you mean ${closest}?)`;
    return { expected: `one of ${choices.join(', ')}${hint}` };
  };
}

/** An attribute and the value that it has to have. */
interface WantedAttribute {
  readonly key: string;
  readonly value: string;
}

function attribute(text: string): Reading<WantedAttribute> {
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(at, 0)).trim();
  return key === ''
    ? { expected: 'key=value (tokenAddress=0x…, status=500)' }
    : { value: { key, value: text.slice(at + 1) } };
}

function keys(text: string): Reading<readonly string[]> {
  const value = text.split(',').map((key) => key.trim());
  if (value.includes(''))
    return { expected: 'attributes with commas between (chainId,roundId), or event, name, service' };
  const figures = [...new Set(value.filter(isFigure))];
  return figures.length > 0
    ? { expected: `names other than ${figures.join(', ')}, which figures of the answer have` }
    : { value: [...new Set(value)] };
}

/** The longest that a timer waits. */
const LONGEST_RUN_MS = 2 ** 31 - 1;

function readRunMs(text: string): Reading<number> {
  const reading = readDurationMs(text);
  if (!('value' in reading) || (reading.value >= 1 && reading.value <= LONGEST_RUN_MS)) return reading;
  return { expected: 'a span of time from 1ms to 24d' };
}

const isOn = (): Reading<true> => ({ value: true });

/** Every option of the command, in the order of the help. */
const OPTIONS = {
  chain: { placeholder: 'id', help: 'only this chain, by its chainId', read: wholeNumber(1) },
  round: { placeholder: 'id', help: 'only this round, by its roundId', read: someText },
  application: { placeholder: 'id', help: 'only this application, by its applicationId', read: someText },
  event: {
    placeholder: 'name',
    help: 'only this event, and spans of its traces: AllocatedWithOrigin, or with its contract, Strategy.AllocatedWithOrigin',
    read: someText,
  },
  span: {
    placeholder: 'name',
    help: "spans of this name instead of event spans: InsertDonation, pg.query (also what follows it after a colon), '*' for all",
    read: someText,
  },
  tx: { placeholder: 'hash', help: 'only the events of this transaction', read: someText },
  donor: { placeholder: 'address', help: 'only the events of this donor', read: someText },
  attr: {
    placeholder: 'key=value',
    repeatable: true,
    help: 'only spans with this attribute; may be given several times',
    read: attribute,
  },
  'min-duration': {
    placeholder: 'time',
    help: 'only spans that took at least this long: 250ms, 1.5s, 2m; a number alone is ms',
    read: readDurationMs,
  },
  errors: { help: 'only spans that failed (status ERROR)', read: isOn },
  since: {
    placeholder: 'when',
    help: 'only spans that began after this: 30m, 1h or 7d ago, or an ISO time, in UTC unless it names a zone (default: 1h of a Jaeger, all of a file; of watch, from now on)',
    read: readPastMoment,
  },
  until: { placeholder: 'when', help: 'only spans that began before this', read: readPastMoment },
  by: {
    placeholder: 'keys',
    help: 'one row for each value of these attributes, with commas between; also event, name (of the span), service and traceId (default: event,chainId)',
    read: keys,
  },
  split: {
    placeholder: 'when',
    help: 'compare before and after this: 30m ago, or an ISO time',
    read: readMoment,
  },
  out: { placeholder: 'file', help: 'where to write the page; - is the standard output', read: someText },
  for: {
    placeholder: 'time',
    help: 'how long the application may run: 10s, 2m, at most 24d; a number alone is ms (default: 10s)',
    read: readRunMs,
  },
  limit: {
    placeholder: 'n',
    help: 'show at most so many (default: 20 of slow and report, else all)',
    read: wholeNumber(1),
  },
  service: {
    placeholder: 'name',
    help: `the service to ask a Jaeger for (default: OTEL_SERVICE_NAME, else ${DEFAULT_SERVICE_NAME}); given, also filters a file`,
    read: someText,
  },
  header: {
    placeholder: 'name: value',
    repeatable: true,
    secret: true,
    help: "a header for each request to a Jaeger ('authorization: Bearer …'); may be given several times",
    read: readHeader,
  },
  format: {
    placeholder: 'format',
    help: 'table, json or csv (default: table)',
    read: oneOf('table', 'json', 'csv'),
  },
  json: { help: 'the same as --format json', read: isOn },
  help: { short: 'h', help: 'show this help', read: isOn },
  version: { short: 'v', help: 'show the version', read: isOn },
} as const satisfies Record<string, Option<unknown>>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<R> = R extends { readonly value: infer V } ? V : never;
type Read<K extends OptionName> = ValueOf<ReturnType<(typeof OPTIONS)[K]['read']>>;

/** The options that were given, by name; a list of values of one that is repeatable. */
export type OptionValues = {
  readonly [K in OptionName]?: (typeof OPTIONS)[K] extends { readonly repeatable: true }
    ? readonly Read<K>[]
    : Read<K>;
};

/** Every option, by a name that is only known when it runs. */
export const OPTION_TABLE: Readonly<Record<string, Option<unknown>>> = OPTIONS;
