import { arch, hostname } from 'node:os';
import type { DiagLogLevel } from '@opentelemetry/api';
import { DEFAULT_SERVICE_NAME, readSettings, type Settings } from '../src/tracing/variables.js';
import { parseLogLevel } from './log.js';

/** How spans travel to the collector; `none` leaves the trace file as the only way out. */
export type OtlpProtocol = 'http/json' | 'http/protobuf' | 'none';

export interface TracingConfig {
  readonly settings: Settings;
  readonly otlp: OtlpProtocol;
  /** Resource attributes where the environment does not say otherwise. */
  readonly resourceDefaults: Readonly<Record<string, string | number>>;
  readonly logLevel: DiagLogLevel | undefined;
  /** What the stock exporter reads its own variables from. */
  readonly env: Environment;
  /** Where a report on the method tables is written, for the command that asks for one (see methods/report.ts). */
  readonly methodsReport: string | undefined;
  /** `OTEL_SDK_DISABLED=true`: nothing is to be started. */
  readonly disabled: boolean;
  /** One line for each variable that was not understood; its default was taken. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

function readOtlp(env: Environment, problems: string[]): OtlpProtocol {
  const exporter = env['OTEL_TRACES_EXPORTER']?.trim() || 'otlp';
  if (exporter === 'none') return 'none';
  if (exporter !== 'otlp') {
    problems.push(
      `OTEL_TRACES_EXPORTER=${JSON.stringify(exporter)} is not otlp or none; taking the default, otlp`,
    );
  }
  const name = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']?.trim()
    ? 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'
    : 'OTEL_EXPORTER_OTLP_PROTOCOL';
  const protocol = env[name]?.trim() || 'http/json';
  if (protocol === 'http/json' || protocol === 'http/protobuf') return protocol;
  problems.push(
    `${name}=${JSON.stringify(protocol)} is not http/json or http/protobuf; taking the default, http/json`,
  );
  return 'http/json';
}

function readLogLevel(env: Environment, problems: string[]): DiagLogLevel | undefined {
  const text = env['OTEL_LOG_LEVEL']?.trim();
  if (!text) return undefined;
  const level = parseLogLevel(text);
  if (level === undefined) {
    problems.push(
      `OTEL_LOG_LEVEL=${JSON.stringify(text)} is not none, error, warn, info, debug, verbose or all; taking the default, warn`,
    );
  }
  return level;
}

/** Reads everything that the preload is told by the environment. Never throws: what is bad takes its default, and is named in `problems`. */
export function readConfig(env: Environment = process.env): TracingConfig {
  const { settings, problems } = readSettings(env);
  const disabled = env['OTEL_SDK_DISABLED']?.trim().toLowerCase();
  return {
    settings,
    otlp: readOtlp(env, problems),
    logLevel: readLogLevel(env, problems),
    env,
    methodsReport: env['GRANTS_OTEL_METHODS_REPORT'] || undefined,
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
