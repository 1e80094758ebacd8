import { type Stats, statSync } from 'node:fs';
import ms from 'ms';
import { isHttpUrl } from './http-url.js';

/** One option that takes a value: how `--help` shows it, and how its text is read. */
export interface Option<T> {
  /** What stands for the value in `--help`. */
  readonly value: string;
  /** As it would be typed. */
  readonly defaultText?: string;
  /** The environment variable that is read where the option is not given. */
  readonly variable?: string;
  readonly meaning: string;
  /** What a value has to be, for the line that refuses one. */
  readonly expected: string;
  readonly parse: (text: string) => T | undefined;
  /** The value may hold a password: it is never printed. */
  readonly isSecret?: boolean;
}

function wholeNumber(least: number, most: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** True for a path that can be read as a file: a pipe counts, a folder does not. */
export function isFile(path: string): boolean {
  const stat = statOf(path);
  return stat !== undefined && !stat.isDirectory();
}

const file = (path: string): string | undefined => (isFile(path) ? path : undefined);

function databaseUrl(text: string): string | undefined {
  if (/^pglite:.+/.test(text)) return text;
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
}

function folderOrUrl(text: string): string | undefined {
  if (isHttpUrl(text)) return URL.canParse(text) ? text : undefined;
  return statOf(text)?.isDirectory() ? text : undefined;
}

function duration(text: string): number | undefined {
  if (!/^\d+(\.\d+)?(ms|s|m|h|d|w)$/.test(text)) return undefined;
  const value = Math.round(ms(text as ms.StringValue));
  return Number.isSafeInteger(value) ? value : undefined;
}

function chainIds(text: string): number[] | undefined {
  const ids = text.split(',').map((part) => wholeNumber(1, 2 ** 31 - 1)(part.trim()));
  return ids.includes(undefined) ? undefined : [...new Set(ids as number[])];
}

/** Every option that takes a value: the one place where names, defaults and meanings stand. */
export const OPTIONS = {
  'database-url': {
    value: '<url>',
    defaultText: 'pglite:.data/grants',
    variable: 'DATABASE_URL',
    meaning: 'where to write: a PostgreSQL server, or a folder for an embedded one (PGlite)',
    expected: 'postgres://user@host:5432/name or pglite:<folder>',
    parse: databaseUrl,
    isSecret: true,
  },
  ipfs: {
    value: '<folder|url>',
    meaning: 'where documents are: a folder of <cid>.json, or the URL of a gateway',
    expected: 'a folder that exists, or an http(s) URL',
    parse: folderOrUrl,
  },
  prices: {
    value: '<file>',
    meaning:
      'prices to load, NDJSON: {"tokenCode":"ETH","timestampMs":1728000000000,"priceUsd":"2431.337"}; without it, those that the database has',
    expected: 'a file that exists',
    parse: file,
  },
  'price-tolerance': {
    value: '<duration>',
    defaultText: '24h',
    meaning: 'the oldest price that a donation may be given, counted from the donation back',
    expected: 'a number with ms, s, m, h, d or w, such as 24h',
    parse: duration,
  },
  tokens: {
    value: '<file>',
    meaning:
      'tokens beside the built-in ones, NDJSON: {"chainId":10,"address":"0x…","code":"OP","decimals":18,"priceCode":"OP"} (priceCode may be left out)',
    expected: 'a file that exists',
    parse: file,
  },
  'pool-size': {
    value: '<n>',
    defaultText: '10',
    meaning: 'most connections to the server; PGlite has one',
    expected: 'a whole number from 1 to 1000',
    parse: wholeNumber(1, 1000),
  },
  'batch-size': {
    value: '<n>',
    defaultText: '1000',
    meaning: 'most events fetched at a time',
    expected: 'a whole number from 1 to 100000',
    parse: wholeNumber(1, 100_000),
  },
  chains: {
    value: '<id,id…>',
    meaning: 'the chains to ask GraphQL sources for; without it, those that the source has',
    expected: 'chain ids with commas between, such as 42161,10',
    parse: chainIds,
  },
} as const satisfies Record<string, Option<unknown>>;

/** Every option that is there or not. */
export const SWITCHES = {
  follow: { meaning: 'go on after the last event, asking GraphQL sources for new ones' },
  help: { short: 'h', meaning: 'print this' },
  version: { meaning: 'print the version' },
} as const;

export type OptionName = keyof typeof OPTIONS;
export type SwitchName = keyof typeof SWITCHES;

/** The value that an option's text stands for. */
export type OptionValue<Name extends OptionName> = Exclude<
  ReturnType<(typeof OPTIONS)[Name]['parse']>,
  undefined
>;
