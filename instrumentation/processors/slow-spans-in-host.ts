import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { EndedSpans } from '../ended-spans.js';
import { createSlowEventLog } from '../slow-event-log.js';
import { SlowSpansProcessor } from './slow-spans.js';

export interface SlowSpansInHostOptions {
  readonly thresholdMs: number;
  readonly thresholdsByNameMs: ReadonlyMap<string, number>;
  /** Most spans remembered for the causes of slow events. */
  readonly maxSpans: number;
  readonly write: (line: string) => void;
}

/** The slow spans processor with a memory of its own, for an SDK that has no trace buffer of ours. */
export function slowSpansInHost({ maxSpans, write, ...thresholds }: SlowSpansInHostOptions): SpanProcessor {
  const memory = new EndedSpans({ maxSpans });
  const log = createSlowEventLog(write);
  const flags = new SlowSpansProcessor({ ...thresholds, spansOf: (traceId) => memory.of(traceId), log });
  return {
    onStart: (span) => memory.started(span),
    onEnding: (span) => flags.onEnding(span),
    onEnd: (span) => memory.ended(span),
    forceFlush: async () => {},
    shutdown: async () => log.close(),
  };
}
