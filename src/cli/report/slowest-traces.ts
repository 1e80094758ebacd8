import { reportedAttributes, textOf } from '../../traces/reported-attributes.js';
import { causeSharePercent, type SlowSpan } from '../../traces/slow-spans.js';
import { isSlow, type Span } from '../../traces/span.js';
import { buildSpanTree, type SpanNode, walkTree } from '../../traces/span-tree.js';
import { flagsOf, ownAttributes } from '../questions/trace-node.js';
import type { SlowestEvent } from './sections/slowest.js';
import type { Waterfall, WaterfallSpan } from './sections/waterfall.js';

/** A waterfall of more lines is not looked through. */
const MOST_SPANS = 300;

function largestSelf(nodes: readonly SpanNode[]): SpanNode | undefined {
  return nodes.reduce<SpanNode | undefined>(
    (largest, node) => (largest === undefined || node.selfMs > largest.selfMs ? node : largest),
    undefined,
  );
}

/** The longest spans, in the order of the tree; what is above a long span is as long, so the tree stays whole. */
function longest(nodes: readonly SpanNode[]): readonly SpanNode[] {
  if (nodes.length <= MOST_SPANS) return nodes;
  const byDuration = [...nodes].sort((a, b) => b.span.durationMs - a.span.durationMs);
  const kept = new Set(byDuration.slice(0, MOST_SPANS));
  return nodes.filter((node) => kept.has(node));
}

function toWaterfallSpan(node: SpanNode, cause: SpanNode | undefined): WaterfallSpan {
  const { span, depth, selfMs } = node;
  return {
    name: span.name,
    depth,
    selfMs,
    startUnixMs: span.startUnixMs,
    durationMs: span.durationMs,
    isSlow: isSlow(span),
    isFailed: span.status === 'error',
    isCause: node === cause,
    remarks: flagsOf(node).filter((flag) => flag !== 'slow' && flag !== 'error'),
    attributes: ownAttributes(node),
    events: span.details.events(),
  };
}

function idsOf({ attributes }: SlowSpan): string[] {
  return [
    ['chain', 'chainId'],
    ['round', 'roundId'],
    ['app', 'applicationId'],
  ].flatMap(([name = '', key = '']) => {
    const id = textOf(attributes, key);
    return id === undefined ? [] : `${name} ${id}`;
  });
}

/** An event with its trace, out of the spans that were read of it. */
export function toSlowestEvent(found: SlowSpan, spans: readonly Span[]): SlowestEvent {
  // Of all events only a few attributes were read.
  const whole = spans.find(({ spanId }) => spanId === found.spanId);
  const event = whole === undefined ? found : { ...found, attributes: reportedAttributes(whole) };
  const nodes = [...walkTree(buildSpanTree(spans))];
  const cause = largestSelf(nodes);
  const shown = longest(nodes);
  const waterfall: Waterfall = {
    spans: shown.map((node) => toWaterfallSpan(node, cause)),
    leftOut: nodes.length - shown.length,
  };
  const flagged = textOf(event.attributes, 'slowCause');
  const sharePercent = flagged === undefined ? undefined : causeSharePercent(event);
  const ownShare = cause === undefined || event.durationMs <= 0 ? undefined : cause.selfMs / event.durationMs;
  return {
    traceId: event.traceId,
    traceUrl: event.traceUrl,
    name: event.name,
    startUnixMs: event.startUnixMs,
    durationMs: event.durationMs,
    isSlow: textOf(event.attributes, 'slow') === 'true',
    isFailed: event.failed,
    ids: idsOf(event),
    cause: flagged ?? cause?.span.name,
    causeShare:
      flagged === undefined ? ownShare : sharePercent === undefined ? undefined : sharePercent / 100,
    waterfall,
  };
}
