/** One variable of ours: how it is read, what it is when unset or bad, and what the README says of it. */
export interface Variable<T> {
  readonly name: string;
  readonly default: T;
  /** The default as the README and the error line show it. */
  readonly defaultText: string;
  readonly meaning: string;
  /** What a value must be, for the line that refuses one. */
  readonly expected: string;
  /** The value of a text, or undefined where the text is not what is expected. */
  readonly parse: (text: string) => T | undefined;
}

function wholeNumber(least: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) && value >= least ? value : undefined;
  };
}

function ratio(text: string): number | undefined {
  const value = /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return value >= 0 && value <= 1 ? value : undefined;
}

function thresholds(text: string): ReadonlyMap<string, number> | undefined {
  const result = new Map<string, number>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const at = part.lastIndexOf('=');
    const name = part.slice(0, Math.max(at, 0)).trim();
    const value = wholeNumber(0)(part.slice(at + 1).trim());
    if (name === '' || value === undefined) return undefined;
    result.set(name, value);
  }
  return result;
}

/** Whether HTTP can be spoken with what it names. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function httpUrl(text: string): string | undefined {
  return isHttpUrl(text) ? text : undefined;
}

function trueOrFalse(text: string): boolean | undefined {
  const value = text.toLowerCase();
  return value === 'true' || value === 'false' ? value === 'true' : undefined;
}

const anyText = (text: string): string | undefined => text;

/** Every variable that begins with `GRANTS_OTEL_`: the one place where names, defaults and meanings stand. */
export const VARIABLES = {
  slowEventThresholdMs: {
    name: 'GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS',
    default: 500,
    defaultText: '500',
    meaning: 'a span that took at least this many ms is flagged; 0 turns flagging off',
    expected: 'a whole number of milliseconds, 0 or more',
    parse: wholeNumber(0),
  },
  slowSpanThresholdsMs: {
    name: 'GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS',
    default: new Map<string, number>(),
    defaultText: 'empty',
    meaning:
      'per span name, before the one above: `InsertDonation=50,pg.query=20`; a name matches itself and what follows it after `:`; the longest match wins; 0 is off for that name',
    expected: 'name=ms pairs with commas between, ms a whole number, 0 or more',
    parse: thresholds,
  },
  keepRatio: {
    name: 'GRANTS_OTEL_KEEP_RATIO',
    default: 1,
    defaultText: '1',
    meaning:
      'share of fast traces that are exported, 0 to 1; slow, failed and interrupted ones always are, whole',
    expected: 'a number from 0 to 1',
    parse: ratio,
  },
  traceFile: {
    name: 'GRANTS_OTEL_TRACE_FILE',
    default: undefined,
    defaultText: 'unset',
    meaning:
      'also append every exported batch to this file, as OTLP JSON lines; it and its folders are made where missing',
    expected: 'a path',
    parse: anyText,
  },
  traceFileMaxMb: {
    name: 'GRANTS_OTEL_TRACE_FILE_MAX_MB',
    default: undefined,
    defaultText: 'unset',
    meaning: 'the trace file stops there, in MB of 10^6 bytes, and a line says so; unset: no limit',
    expected: 'a whole number of megabytes, 1 or more',
    parse: wholeNumber(1),
  },
  maxHeldSpans: {
    name: 'GRANTS_OTEL_MAX_HELD_SPANS',
    default: 65_536,
    defaultText: '65536',
    meaning:
      'most spans held in memory in all, buffer and queue together; what waits to be sent takes 128 MB at most',
    expected: 'a whole number, 1 or more',
    parse: wholeNumber(1),
  },
  exitTimeoutMs: {
    name: 'GRANTS_OTEL_EXIT_TIMEOUT_MS',
    default: 5000,
    defaultText: '5000',
    meaning: 'longest wait for the last flush, in ms',
    expected: 'a whole number of milliseconds, 0 or more',
    parse: wholeNumber(0),
  },
  logTraceIds: {
    name: 'GRANTS_OTEL_LOG_TRACE_IDS',
    default: false,
    defaultText: 'false',
    meaning: '`true`: lines that pino and winston write inside an event carry `trace_id` and `span_id`',
    expected: 'true or false',
    parse: trueOrFalse,
  },
  methods: {
    name: 'GRANTS_OTEL_METHODS',
    default: undefined,
    defaultText: 'unset',
    meaning: 'a module with a method table of your own: what to trace in classes that you cannot change',
    expected: 'a path',
    parse: anyText,
  },
  jaegerUrl: {
    name: 'GRANTS_OTEL_JAEGER_URL',
    default: 'http://localhost:16686',
    defaultText: 'http://localhost:16686',
    meaning: 'where the command `grants-otel` asks for traces',
    expected: 'an http:// or https:// URL',
    parse: httpUrl,
  },
} as const satisfies Record<string, Variable<unknown>>;

type VariableKey = keyof typeof VARIABLES;

/** The values of all variables, by their short names. */
export interface Settings {
  readonly slowEventThresholdMs: number;
  readonly slowSpanThresholdsMs: ReadonlyMap<string, number>;
  readonly keepRatio: number;
  readonly traceFile: string | undefined;
  readonly traceFileMaxMb: number | undefined;
  readonly maxHeldSpans: number;
  readonly exitTimeoutMs: number;
  readonly logTraceIds: boolean;
  readonly methods: string | undefined;
  readonly jaegerUrl: string;
}

/**
 * Reads the variables out of an environment. A bad value never throws: it takes its default, and `problems` has one line for it, naming
 * variable, value, what is expected and the default taken. An empty value counts as unset.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): {
  settings: Settings;
  problems: string[];
} {
  const problems: string[] = [];
  const read = (key: VariableKey): unknown => {
    const variable: Variable<unknown> = VARIABLES[key];
    const text = env[variable.name]?.trim();
    if (text === undefined || text === '') return variable.default;
    const value = variable.parse(text);
    if (value !== undefined) return value;
    problems.push(
      `${variable.name}=${JSON.stringify(text)} is not ${variable.expected}; taking the default, ${variable.defaultText}`,
    );
    return variable.default;
  };
  const keys = Object.keys(VARIABLES) as VariableKey[];
  const settings = Object.fromEntries(keys.map((key) => [key, read(key)])) as unknown as Settings;
  return { settings, problems };
}

/** The service name of traces, and of questions asked about them, where `OTEL_SERVICE_NAME` says nothing else. */
export const DEFAULT_SERVICE_NAME = 'grants-indexer';
