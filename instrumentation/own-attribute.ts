import type { Attributes, AttributeValue, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/**
 * Writes an attribute of ours on a span that has not ended, past the SDK's limit on how many a span may have: what the application put there
 * itself must not cost a span its ids, nor its flag.
 */
export function setOwnAttribute(span: ReadableSpan, name: string, value: AttributeValue): void {
  (span.attributes as Attributes)[name] = value;
}

/** Gives a span another name or status, also one that an SDK which does not call `onEnding` has ended already. */
export function rewriteSpan(span: ReadableSpan, to: { name?: string; status?: SpanStatus }): void {
  Object.assign(span, to);
}
