import { DEFAULT_SERVICE_NAME } from '../tracing/variables.js';
import { readPastMoment } from './moment.js';
import type { Reading } from './reading.js';

interface Option<T> {
  readonly help: string;
  readonly short?: string;
  /** How the help calls the value; an option without one is on or off. */
  readonly placeholder?: string;
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

const isOn = (): Reading<true> => ({ value: true });

/** Every option of the command, in the order of the help. */
const OPTIONS = {
  chain: { placeholder: 'id', help: 'only this chain, by its chainId', read: wholeNumber(1) },
  round: { placeholder: 'id', help: 'only this round, by its roundId', read: someText },
  application: { placeholder: 'id', help: 'only this application, by its applicationId', read: someText },
  since: {
    placeholder: 'when',
    help: 'only events that began after this: 30m, 1h or 7d ago, or an ISO time, in UTC unless it names a zone (default: 1h of a Jaeger, all of a file)',
    read: readPastMoment,
  },
  limit: { placeholder: 'n', help: 'show at most so many (default: 20)', read: wholeNumber(1) },
  service: {
    placeholder: 'name',
    help: `the service to ask a Jaeger for (default: OTEL_SERVICE_NAME, else ${DEFAULT_SERVICE_NAME}); given, also filters a file`,
    read: someText,
  },
  json: { help: 'print an array of objects instead of a table', read: isOn },
  help: { short: 'h', help: 'show this help', read: isOn },
  version: { short: 'v', help: 'show the version', read: isOn },
} as const satisfies Record<string, Option<unknown>>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<R> = R extends { readonly value: infer V } ? V : never;

/** The options that were given, by name. */
export type OptionValues = {
  readonly [K in OptionName]?: ValueOf<ReturnType<(typeof OPTIONS)[K]['read']>>;
};

/** Every option, by a name that is only known when it runs. */
export const OPTION_TABLE: Readonly<Record<string, Option<unknown>>> = OPTIONS;
