import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { readProcessorConfig, type SlowSpansThresholds } from '../config.js';
import { createLog } from '../log.js';
import { markProcess, PROCESSORS_MADE } from '../process-marks.js';
import { EventAttributesProcessor } from './event-attributes.js';
import { guardedProcessor } from './guarded-processor.js';
import { inHostSdk } from './in-host-sdk.js';
import { slowSpansInHost } from './slow-spans-in-host.js';
import { SqlSpansProcessor } from './sql-spans.js';

/** Puts `chainId`, `roundId` and `applicationId` on the spans of an event: those known at a span's start, and at its end. */
export function createEventAttributesProcessor(): SpanProcessor {
  markProcess(PROCESSORS_MADE);
  return guardedProcessor('event attributes', inHostSdk(new EventAttributesProcessor()));
}

/**
 * Names the spans of `@opentelemetry/instrumentation-pg` after what a statement does, and takes values out of its text, and rows out of
 * what is told of its failure.
 */
export function createSqlSpansProcessor(): SpanProcessor {
  return guardedProcessor('SQL spans', inHostSdk(new SqlSpansProcessor({ areTextsNoted: false })));
}

/**
 * Flags slow spans (`slow`, `slowThresholdMs`), and explains slow events (`slowCause`, `slowCauseMs`, one line on stderr each) by what has ended
 * in their trace when they do. A threshold that is no whole number of ms costs one line, and the default is taken.
 */
export function createSlowSpansProcessor(options: SlowSpansThresholds = {}): SpanProcessor {
  const { settings, problems, logLevel } = readProcessorConfig(options);
  const log = createLog(logLevel);
  for (const problem of problems) log.warn(problem);
  const processor = slowSpansInHost({
    thresholdMs: settings.slowEventThresholdMs,
    thresholdsByNameMs: settings.slowSpanThresholdsMs,
    maxSpans: settings.maxHeldSpans,
    write: log.warn,
  });
  return guardedProcessor('slow spans', inHostSdk(processor));
}

/**
 * All three, for the `spanProcessors` of an SDK of your own: `[...createSpanProcessors(), new BatchSpanProcessor(exporter)]`. They come
 * before the processor that exports, and in this order: a threshold by name is for the name that a SQL span has in the end.
 */
export function createSpanProcessors(options: SlowSpansThresholds = {}): SpanProcessor[] {
  return [createEventAttributesProcessor(), createSqlSpansProcessor(), createSlowSpansProcessor(options)];
}
