import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '../config.js';
import { isKept } from '../keep-ratio.js';
import { MOST_DUE_OF_A_TRACE } from '../recorder/recorder.js';
import type { OrdinaryTraces } from '../recorder/waiting-traces.js';
import type { SlowEventLog } from '../slow-event-log.js';
import { EventAttributesProcessor, giveEventIds, RecordedEventIdsProcessor } from './event-attributes.js';
import { guardedProcessor, guardedWork } from './guarded-processor.js';
import { SlowSpansProcessor } from './slow-spans.js';
import { SqlSpansProcessor } from './sql-spans.js';
import type { TraceBuffer } from './trace-buffer.js';

export interface PreloadProcessorsOptions {
  readonly settings: TracingConfig['settings'];
  /** By the recorder, which gives spans the ids of their event by itself; else the SDK does. */
  readonly isRecorded: boolean;
  readonly buffer: TraceBuffer;
  readonly slowEvents: SlowEventLog;
  /** Those that come last. */
  readonly more: readonly SpanProcessor[];
}

interface PreloadProcessors {
  readonly sqlSpans: SqlSpansProcessor;
  readonly spanProcessors: SpanProcessor[];
  /** Where they need not be told of all traces. */
  readonly ordinary: OrdinaryTraces | undefined;
}

/** The processors of the preload, in their order; none of them throws. */
export function preloadProcessors({
  settings,
  isRecorded,
  buffer,
  slowEvents,
  more,
}: PreloadProcessorsOptions): PreloadProcessors {
  const sqlSpans = new SqlSpansProcessor({ areTextsNoted: true });
  const slowSpans = new SlowSpansProcessor({
    thresholdMs: settings.slowEventThresholdMs,
    thresholdsByNameMs: settings.slowSpanThresholdsMs,
    spansOf: (traceId) => buffer.spansOf(traceId),
    log: slowEvents,
  });
  const eventAttributes = isRecorded ? new RecordedEventIdsProcessor() : new EventAttributesProcessor();
  return {
    sqlSpans,
    ordinary: more.length > 0 ? undefined : ordinaryTraces({ buffer, slowSpans, settings }),
    spanProcessors: [
      guardedProcessor('event attributes', eventAttributes),
      guardedProcessor('SQL spans', sqlSpans),
      guardedProcessor('slow spans', slowSpans),
      guardedProcessor('trace buffer', buffer),
      ...more,
    ],
  };
}

interface OrdinaryTracesOptions {
  readonly buffer: TraceBuffer;
  readonly slowSpans: SlowSpansProcessor;
  readonly settings: TracingConfig['settings'];
}

/** Of what may be held so much may wait, and no more traces at the same time than are worth going through. */
const SHARE_THAT_WAITS = 1 / 8;
const MOST_WAITING = 32;

/** In an ordinary trace there is nothing for the processors to do but to give the event its ids, and to let it leave. */
function ordinaryTraces({ buffer, slowSpans, settings }: OrdinaryTracesOptions): OrdinaryTraces {
  const { keepRatio, maxHeldSpans } = settings;
  const mostWaitingSpans = maxHeldSpans * SHARE_THAT_WAITS;
  return {
    isKept: (traceId) => isKept(traceId, keepRatio),
    leastSlowMs: slowSpans.leastMs,
    mostWaiting: Math.min(Math.floor(mostWaitingSpans / MOST_DUE_OF_A_TRACE), MOST_WAITING),
    take: guardedWork('trace buffer', (spans) => {
      for (const span of spans) giveEventIds(span);
      buffer.onWhole(spans);
    }),
  };
}
