import { arch, hostname } from 'node:os';
import type { DiagLogLevel } from '@opentelemetry/api';
import { SET_UP_FOLDER_VARIABLE } from '../src/tracing/set-up-report.js';
import { STANDARD_VARIABLES, withoutMisunderstood } from '../src/tracing/standard-variables.js';
import { unknownVariables } from '../src/tracing/unknown-variables.js';
import { DEFAULT_SERVICE_NAME, readSettings, type Settings, VARIABLES } from '../src/tracing/variables.js';
import { parseLogLevel } from './log.js';

/** How spans travel to the collector; `none` leaves the trace file as the only way out. */
export type OtlpProtocol = 'http/json' | 'http/protobuf' | 'none';

export interface TracingConfig {
  readonly settings: Settings;
  readonly otlp: OtlpProtocol;
  /** Resource attributes where the environment does not say otherwise. */
  readonly resourceDefaults: Readonly<Record<string, string | number>>;
  readonly logLevel: DiagLogLevel | undefined;
  /** What the stock exporter reads its own variables from: without those that were not understood. */
  readonly env: Environment;
  /** The folder that a report on this process is written into, for the command that asks for one. */
  readonly doctorFolder: string | undefined;
  /** `OTEL_SDK_DISABLED=true`: nothing is to be started. */
  readonly disabled: boolean;
  /** One line for each variable that was not understood, whose default was taken, and for each that looks like one of ours and is none. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

function readOtlp(env: Environment): OtlpProtocol {
  if (env['OTEL_TRACES_EXPORTER']?.trim() === 'none') return 'none';
  const protocol =
    env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']?.trim() || env['OTEL_EXPORTER_OTLP_PROTOCOL']?.trim();
  return protocol === 'http/protobuf' ? protocol : 'http/json';
}

function readLogLevel(env: Environment): DiagLogLevel | undefined {
  return parseLogLevel(env['OTEL_LOG_LEVEL']?.trim() ?? '');
}

/** Reads everything that the preload is told by the environment. Never throws: what is bad takes its default, and is named in `problems`. */
export function readConfig(of: Environment = process.env): TracingConfig {
  const { settings, problems } = readSettings(of);
  // As it is now: the host may take secrets out of it, or all.
  const env = withoutMisunderstood(of, problems);
  problems.push(...unknownVariables(of));
  const disabled = env['OTEL_SDK_DISABLED']?.trim().toLowerCase();
  return {
    settings,
    otlp: readOtlp(env),
    logLevel: readLogLevel(env),
    env,
    doctorFolder: env[SET_UP_FOLDER_VARIABLE] || undefined,
    disabled: disabled === 'true',
    resourceDefaults: {
      'service.name': DEFAULT_SERVICE_NAME,
      'host.name': hostname(),
      'host.arch': arch(),
      'process.pid': process.pid,
      'process.runtime.name': 'nodejs',
      'process.runtime.version': process.versions.node,
    },
    problems,
  };
}

/** How this process was started, as far as it decides on how modules are loaded. */
export function readProcess() {
  return {
    nodeVersion: process.versions.node,
    execArgv: process.execArgv,
    nodeOptions: process.env['NODE_OPTIONS'],
  };
}

/**
 * Runs `create` with the variables hidden by which NodeSDK would start metrics and logs by itself, or replace our diagnostic logger by one
 * that prints on stdout, and those that are not heeded because they were not understood, which are left out of `heeded`. The environment is
 * as it was when this returns.
 */
export function withTracesOnly<T>(heeded: Environment, create: () => T): T {
  const misunderstood = STANDARD_VARIABLES.filter(
    ({ name }) => process.env[name] && heeded[name] === undefined,
  );
  const hidden = {
    ...Object.fromEntries(misunderstood.map(({ name }) => [name, undefined])),
    OTEL_LOG_LEVEL: undefined,
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  };
  const before = Object.keys(hidden).map((name) => [name, process.env[name]] as const);
  const put = (entries: Iterable<readonly [string, string | undefined]>): void => {
    for (const [name, value] of entries) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  try {
    put(Object.entries(hidden));
    return create();
  } finally {
    put(before);
  }
}

/** What is not given is read from the variable of the same meaning, `GRANTS_OTEL_…`, and else takes that variable's default. */
export interface SlowSpansThresholds {
  /** A span that took at least this long is flagged, in whole ms; 0 is off. */
  readonly slowEventThresholdMs?: number;
  /** By span name, before the one above, in whole ms: `{ InsertDonation: 50, 'pg.query': 20 }`. */
  readonly slowSpanThresholdsMs?: Readonly<Record<string, number>>;
}

/** What our processors in an SDK of the host's own are told; what is given in code comes before the environment, in the same form. */
export function readProcessorConfig(
  given: SlowSpansThresholds,
  env: Environment = process.env,
): Pick<TracingConfig, 'settings' | 'logLevel' | 'problems'> {
  const { slowEventThresholdMs, slowSpanThresholdsMs } = given;
  const asTexts: Record<string, string> = {};
  if (slowEventThresholdMs !== undefined)
    asTexts[VARIABLES.slowEventThresholdMs.name] = String(slowEventThresholdMs);
  if (slowSpanThresholdsMs !== undefined)
    asTexts[VARIABLES.slowSpanThresholdsMs.name] = Object.entries(slowSpanThresholdsMs)
      .map(([name, ms]) => `${name}=${ms}`)
      .join(',');
  const { settings, problems } = readSettings({ ...env, ...asTexts });
  // The other standard variables are for the SDK that is there.
  const { OTEL_LOG_LEVEL } = env;
  const logLevel = readLogLevel(withoutMisunderstood({ OTEL_LOG_LEVEL }, problems));
  problems.push(...unknownVariables(env));
  return { settings, problems, logLevel };
}
