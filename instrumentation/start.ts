import { type Attributes, type AttributeValue, diag, ProxyTracerProvider, trace } from '@opentelemetry/api';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import type { TracingConfig } from './config.js';
import { DatabaseErrors } from './database-errors.js';
import { installEnds } from './ends/install-ends.js';
import { createOutlet } from './export/outlet.js';
import { createLog, type Log } from './log.js';
import { readColumns } from './methods/columns.js';
import { startMethods } from './methods/start-methods.js';
import { EventAttributesProcessor } from './processors/event-attributes.js';
import { guardedProcessor } from './processors/guarded-processor.js';
import { SlowSpansProcessor } from './processors/slow-spans.js';
import { SqlSpansProcessor } from './processors/sql-spans.js';
import { TraceBuffer } from './processors/trace-buffer.js';
import { QueryObjects } from './query-objects.js';
import { registerSdk } from './register-sdk.js';
import { createSlowEventLog } from './slow-event-log.js';

export interface Tracing {
  /** Resolves when what has ended so far is out, or after the exit timeout. */
  flush(): Promise<void>;
  /** Flushes, and ends the export for good. */
  shutdown(): Promise<void>;
}

const OTHER_SDK =
  'an OpenTelemetry SDK is registered already, so this preload steps back; take it out, or take out the other one, to have one of the two';

function isSdkRegistered(): boolean {
  const provider = trace.getTracerProvider();
  return (
    !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('grants-otel') !== undefined
  );
}

/**
 * Starts the SDK with our processors and our way out. Returns undefined where nothing is to be started: `OTEL_SDK_DISABLED=true`, or an SDK
 * that is registered already, which is answered by a line.
 */
export function startTracing(config: TracingConfig): Tracing | undefined {
  const log = createLog(config.logLevel);
  if (config.disabled) return undefined;
  if (isSdkRegistered()) {
    log.warn(OTHER_SDK);
    return undefined;
  }
  for (const problem of config.problems) log.warn(problem);
  diag.setLogger(log.sdk.logger, { logLevel: log.sdk.level, suppressOverrideMessage: true });
  return startSdk(config, log);
}

function startSdk(config: TracingConfig, log: Log): Tracing {
  const { settings } = config;
  const resource = defaultResource()
    .merge(resourceFromAttributes(config.resourceDefaults))
    .merge(detectResources({ detectors: [envDetector] }));
  const outlet = createOutlet({
    resourceAttributes: definedOnly(resource.attributes),
    settings,
    otlp: config.otlp,
    env: config.env,
    report: log.error,
    debug: log.debug,
  });
  const buffer = new TraceBuffer({ outlet, ...settings });
  const sqlSpans = new SqlSpansProcessor();
  const slowEvents = createSlowEventLog(log.warn);
  registerSdk({
    resource,
    // In this order: the stock one goes around what ours have patched.
    instrumentations: [
      new DatabaseErrors(),
      new QueryObjects({ takeStarted: () => sqlSpans.takeStarted() }),
      new PgInstrumentation({
        requireParentSpan: true,
        responseHook: (span, { data }) => readColumns(span, data),
      }),
    ],
    spanProcessors: [
      guardedProcessor('event attributes', new EventAttributesProcessor()),
      guardedProcessor('SQL spans', sqlSpans),
      guardedProcessor(
        'slow spans',
        new SlowSpansProcessor({
          thresholdMs: settings.slowEventThresholdMs,
          thresholdsByNameMs: settings.slowSpanThresholdsMs,
          spansOf: (traceId) => buffer.spansOf(traceId),
          log: slowEvents,
        }),
      ),
      guardedProcessor('trace buffer', buffer),
    ],
  });
  installEnds({
    outlet,
    exitTimeoutMs: settings.exitTimeoutMs,
    report: log.error,
    beforeLastFlush: () => {
      buffer.interruptOpenSpans();
      slowEvents.close();
    },
  });
  startMethods({
    table: settings.methods,
    reportFile: config.methodsReport,
    warn: log.warn,
    debug: log.debug,
  });
  return { flush: () => buffer.forceFlush(), shutdown: () => buffer.shutdown() };
}

function definedOnly(attributes: Attributes): Record<string, AttributeValue> {
  const defined = Object.entries(attributes).filter(
    (entry): entry is [string, AttributeValue] => entry[1] !== undefined,
  );
  return Object.fromEntries(defined);
}
