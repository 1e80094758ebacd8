import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isHttpUrl } from './http-url.js';
import {
  isFile,
  OPTIONS,
  type Option,
  type OptionName,
  type OptionValue,
  SWITCHES,
  type SwitchName,
} from './options.js';
import { readTokenFile } from './tokens.js';

/** What the indexer was asked to do, checked. */
export interface IndexerConfig {
  /** `retry` takes failed events again, and needs no source. */
  readonly command: 'index' | 'retry';
  /** Files of NDJSON, `-`, or http(s) URLs of a GraphQL endpoint. */
  readonly sources: readonly string[];
  /** `postgres://…` or `pglite:<folder>`. */
  readonly databaseUrl: string;
  /** Folder of `<cid>.json`, or the URL of a gateway. */
  readonly ipfs?: string;
  /** File of prices, NDJSON. */
  readonly prices?: string;
  /** The oldest price that is taken for a donation. */
  readonly priceToleranceMs: number;
  /** File of tokens, beside the built-in table. */
  readonly tokens?: string;
  /** Most connections to the database. */
  readonly poolSize: number;
  /** Most events fetched at a time. */
  readonly batchSize: number;
  /** Go on asking GraphQL sources for new events. */
  readonly follow: boolean;
  /** The chains to ask GraphQL sources for; left out: those that the source has. */
  readonly chains?: readonly number[];
  /** Hasura's admin secret. */
  readonly adminSecret?: string;
}

/** What a command line asks for; `problems` holds every fault of it, one a line. */
export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  | { readonly kind: 'run'; readonly config: IndexerConfig };

interface Words {
  readonly texts: ReadonlyMap<OptionName, string>;
  readonly switches: ReadonlySet<SwitchName>;
  readonly positionals: readonly string[];
}

function splitWords(args: readonly string[], problems: string[]): Words {
  const texts = new Map<OptionName, string>();
  const switches = new Set<SwitchName>();
  const { tokens, positionals } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' as const }])),
      ...Object.fromEntries(
        Object.entries(SWITCHES).map(([name, one]) => [
          name,
          { type: 'boolean' as const, ...('short' in one ? { short: one.short } : {}) },
        ]),
      ),
    },
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (Object.hasOwn(SWITCHES, name)) {
      if (value !== undefined) problems.push(`${rawName}: expected no value, found "${value}"`);
      switches.add(name as SwitchName);
    } else if (!Object.hasOwn(OPTIONS, name))
      problems.push(`${rawName}: there is no such option; see --help`);
    else if (value === undefined || (!token.inlineValue && value.startsWith('--')))
      problems.push(`${rawName}: expected ${OPTIONS[name as OptionName].expected}, found nothing`);
    else texts.set(name as OptionName, value);
  }
  return { texts, switches, positionals };
}

type Env = Readonly<Record<string, string | undefined>>;

/** A reader of options, each from the command line, its variable or its default, in that order. */
function createReader(context: { texts: ReadonlyMap<OptionName, string>; env: Env; problems: string[] }) {
  return <Name extends OptionName>(name: Name): OptionValue<Name> | undefined => {
    const option: Option<unknown> = OPTIONS[name];
    const given = context.texts.get(name);
    const fromEnv = option.variable === undefined ? undefined : context.env[option.variable] || undefined;
    const text = given ?? fromEnv ?? option.defaultText;
    if (text === undefined) return undefined;
    const value = option.parse(text);
    if (value === undefined) {
      const source = given === undefined && fromEnv !== undefined ? option.variable : `--${name}`;
      const found = option.isSecret ? `something else (${text.length} characters)` : `"${text}"`;
      context.problems.push(`${source}: expected ${option.expected}, found ${found}`);
    }
    return value as OptionValue<Name> | undefined;
  };
}

function checkSources(sources: readonly string[], problems: string[]): void {
  for (const [index, source] of sources.entries()) {
    if (sources.indexOf(source) !== index) problems.push(`source "${source}": expected once, found again`);
    else if (isHttpUrl(source)) {
      if (!URL.canParse(source))
        problems.push(`source "${source}": expected a URL; it cannot be read as one`);
    } else if (source !== '-' && !isFile(source))
      problems.push(
        `source "${source}": expected a file of NDJSON, "-" or an http(s) URL; there is ${existsSync(source) ? 'a folder of that name' : 'no such file'}`,
      );
  }
}

function checkTogether(words: Words, problems: string[]): void {
  const isRetry = words.positionals[0] === 'retry';
  const sources = isRetry ? words.positionals.slice(1) : words.positionals;
  if (isRetry && sources.length > 0)
    problems.push(`retry: expected no source, found ${sources.map((source) => `"${source}"`).join(', ')}`);
  if (!isRetry && sources.length === 0)
    problems.push('source: expected a file of NDJSON, "-" or an http(s) URL, found none; see --help');
  if (!isRetry) checkSources(sources, problems);
  if (sources.some(isHttpUrl)) return;
  if (words.switches.has('follow'))
    problems.push('--follow: expected a GraphQL source to follow, found none');
  if (words.texts.has('chains')) problems.push('--chains: expected a GraphQL source to ask, found none');
}

/** Leaves out what is undefined: an optional property is there or not. */
function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * Reads a command line (without node and the script) and the environment. Checks everything before it answers, so that all problems are
 * told at once; files and folders that are named have to be there.
 */
export function readCommandLine(args: readonly string[], env: Env): CommandLine {
  const problems: string[] = [];
  const words = splitWords(args, problems);
  if (words.switches.has('help')) return { kind: 'help' };
  if (words.switches.has('version')) return { kind: 'version' };
  const read = createReader({ texts: words.texts, env, problems });
  const databaseUrl = read('database-url');
  const priceToleranceMs = read('price-tolerance');
  const poolSize = read('pool-size');
  const batchSize = read('batch-size');
  const optional = present({
    ipfs: read('ipfs'),
    prices: read('prices'),
    tokens: read('tokens'),
    chains: read('chains'),
    adminSecret: env['INDEXER_ADMIN_SECRET'] || undefined,
  });
  checkTogether(words, problems);
  if (optional.tokens !== undefined) problems.push(...readTokenFile(optional.tokens).problems);
  const hasRequired =
    databaseUrl !== undefined &&
    priceToleranceMs !== undefined &&
    poolSize !== undefined &&
    batchSize !== undefined;
  if (problems.length > 0 || !hasRequired) return { kind: 'refused', problems };
  const isRetry = words.positionals[0] === 'retry';
  const config: IndexerConfig = {
    command: isRetry ? 'retry' : 'index',
    sources: isRetry ? [] : words.positionals,
    databaseUrl,
    priceToleranceMs,
    poolSize,
    batchSize,
    follow: words.switches.has('follow'),
    ...optional,
  };
  return { kind: 'run', config };
}
