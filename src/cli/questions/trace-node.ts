import { type AttributeValue, isSlow } from '../../traces/span.js';
import type { SpanNode } from '../../traces/span-tree.js';

/** What the flags say already. */
const TOLD_BY_FLAGS: ReadonlySet<string> = new Set(['slow', 'interrupted']);

function isSet(value: AttributeValue | undefined): boolean {
  return value === true || value === 'true';
}

/** What is to be noticed about a span. */
export function flagsOf({ span, oddities }: SpanNode): string[] {
  return [
    isSlow(span) ? ['slow'] : [],
    span.status === 'error' ? ['error'] : [],
    isSet(span.attribute('interrupted')) ? ['interrupted'] : [],
    [...oddities],
  ].flat();
}

/** The attributes of a span that its parent does not have, or has with another value. */
export function ownAttributes({ span, parent }: SpanNode): [string, AttributeValue][] {
  const above = parent?.span.details.attributes() ?? {};
  return Object.entries(span.details.attributes()).filter(
    ([key, value]) => !TOLD_BY_FLAGS.has(key) && !(Object.hasOwn(above, key) && above[key] === value),
  );
}

/** When the first span of a trace began, and the last one ended. */
export function extentOf(nodes: readonly SpanNode[]): { startUnixMs: number; durationMs: number } {
  let startUnixMs = Number.POSITIVE_INFINITY;
  let endUnixMs = 0;
  for (const { span } of nodes) {
    startUnixMs = Math.min(startUnixMs, span.startUnixMs);
    endUnixMs = Math.max(endUnixMs, span.startUnixMs + span.durationMs);
  }
  return { startUnixMs, durationMs: endUnixMs - startUnixMs };
}

/** To the microsecond: more is noise of floats. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
