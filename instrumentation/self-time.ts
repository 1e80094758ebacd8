import { SpanKind } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** What self time needs of a span. Times are milliseconds since 1970; `endMs` is undefined while the span is open. */
export interface TimedSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly endMs: number | undefined;
}

/** The timed form of a span of the SDK. `isEnded` is for a span that is just ending: it has its end time already. */
export function toTimedSpan(span: ReadableSpan, isEnded = span.ended): TimedSpan {
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    kind: span.kind,
    startMs: hrTimeToMilliseconds(span.startTime),
    endMs: isEnded ? hrTimeToMilliseconds(span.endTime) : undefined,
  };
}

interface Node {
  readonly span: TimedSpan;
  readonly parent: Node | undefined;
  readonly startMs: number;
  readonly endMs: number;
}

function childrenByParent(root: TimedSpan, spans: readonly TimedSpan[]): Map<string, TimedSpan[]> {
  const known = new Set(spans.map((span) => span.spanId)).add(root.spanId);
  const children = new Map<string, TimedSpan[]>();
  for (const span of spans) {
    if (span.spanId === root.spanId) continue;
    const parentId =
      span.parentSpanId !== undefined && known.has(span.parentSpanId) ? span.parentSpanId : root.spanId;
    const siblings = children.get(parentId);
    if (siblings) siblings.push(span);
    else children.set(parentId, [span]);
  }
  return children;
}

/** How long the union of some intervals is. */
function coveredMs(nodes: readonly Node[]): number {
  let covered = 0;
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of [...nodes].sort((a, b) => a.startMs - b.startMs)) {
    const fromMs = Math.max(startMs, reachedMs);
    if (endMs > fromMs) covered += endMs - fromMs;
    reachedMs = Math.max(reachedMs, endMs);
  }
  return covered;
}

function clipped(span: TimedSpan, parent: Node, rootEndMs: number): Node {
  const startMs = Math.min(Math.max(span.startMs, parent.startMs), parent.endMs);
  const endMs = Math.max(startMs, Math.min(span.endMs ?? rootEndMs, parent.endMs));
  return { span, parent, startMs, endMs };
}

/** A step is called by its name; what leaves the process (SQL, a pool) after the nearest step above it. */
function causeName(node: Node): string {
  if (node.span.kind !== SpanKind.CLIENT) return node.span.name;
  let above = node.parent;
  while (above && above.span.kind === SpanKind.CLIENT) above = above.parent;
  return above ? `${above.span.name} > ${node.span.name}` : node.span.name;
}

/** A statement waits for others of its connection. */
export const WAIT = 'pg.queue';

/** How much of such a wait the statements of the same trace take: they are told by themselves. */
function explainedMs(wait: Node, nodes: readonly Node[]): number {
  const others = nodes.filter(({ span }) => span.kind === SpanKind.CLIENT && span.name !== WAIT);
  return coveredMs(others.map(({ span }) => clipped(span, wait, wait.endMs)));
}

/**
 * The span of a trace with the largest self time: its duration less the time that its children cover, each clipped to its parent. A child
 * that is still open counts to the root's end; one whose parent is unknown counts as the root's. Of equals the one that started first. A wait for
 * statements of the same trace is no cause.
 */
export function largestSelfTime(
  root: TimedSpan,
  spans: readonly TimedSpan[],
): { readonly name: string; readonly selfMs: number } {
  const children = childrenByParent(root, spans);
  const rootEndMs = root.endMs ?? root.startMs;
  const queue: Node[] = [{ span: root, parent: undefined, startMs: root.startMs, endMs: rootEndMs }];
  const selves: number[] = [];
  for (let index = 0; index < queue.length; index++) {
    const node = queue[index] as Node;
    const below = (children.get(node.span.spanId) ?? []).map((span) => clipped(span, node, rootEndMs));
    children.delete(node.span.spanId);
    queue.push(...below);
    selves.push(node.endMs - node.startMs - coveredMs(below));
  }
  let largest = { node: queue[0] as Node, selfMs: -1 };
  for (const [index, node] of queue.entries()) {
    const selfMs = (selves[index] as number) - (node.span.name === WAIT ? explainedMs(node, queue) : 0);
    if (selfMs > largest.selfMs) largest = { node, selfMs };
  }
  return { name: causeName(largest.node), selfMs: largest.selfMs };
}
