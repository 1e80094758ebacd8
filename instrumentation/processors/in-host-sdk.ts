import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { lookAtSdk } from './unknown-sdk.js';

/**
 * Lets a processor of ours run in an SDK that is not ours: versions 2.0 and 2.1 do not call `onEnding`, so that its work is done in `onEnd`
 * there. All that it writes is written on the span itself, which an exporter's processor further down the list sees either way.
 */
export function inHostSdk(processor: SpanProcessor): SpanProcessor {
  let callsOnEnding = false;
  return {
    onStart: (span, parentContext) => processor.onStart(span, parentContext),
    onEnding(span: Span) {
      callsOnEnding = true;
      processor.onEnding?.(span);
    },
    onEnd(span: ReadableSpan) {
      lookAtSdk(span);
      if (!callsOnEnding) processor.onEnding?.(span as Span);
      processor.onEnd(span);
    },
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}
