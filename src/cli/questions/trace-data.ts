import type { SpanNode } from '../../traces/span-tree.js';
import { csvMs, csvTime, toCsv } from '../output/csv.js';
import { printable } from '../output/printable.js';
import { extentOf, flagsOf, roundMs } from './trace-node.js';

function spanToJson(node: SpanNode, traceStartUnixMs: number): Record<string, unknown> {
  const { span } = node;
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? null,
    depth: node.depth,
    name: span.name,
    kind: span.kind,
    service: span.serviceName ?? null,
    status: span.status,
    offsetMs: roundMs(span.startUnixMs - traceStartUnixMs),
    durationMs: span.durationMs,
    selfMs: roundMs(node.selfMs),
    flags: flagsOf(node),
    attributes: span.details.attributes(),
    events: span.details.events().map(({ name, unixMs, attributes }) => ({
      name,
      offsetMs: roundMs(unixMs - traceStartUnixMs),
      attributes,
    })),
  };
}

export interface TraceData {
  readonly traceId: string;
  readonly traceUrl: string | undefined;
  /** Each before those below it. */
  readonly nodes: readonly SpanNode[];
}

/** A trace as one JSON object, a line a span; safe to look at in a terminal. */
export function traceToJson({ traceId, traceUrl, nodes }: TraceData): string {
  const { startUnixMs, durationMs } = extentOf(nodes);
  const head = {
    traceId,
    when: new Date(startUnixMs).toISOString(),
    durationMs: roundMs(durationMs),
    spanCount: nodes.length,
    traceUrl: traceUrl ?? null,
  };
  const spans = nodes.map((node) => `  ${printable(JSON.stringify(spanToJson(node, startUnixMs)))}`);
  return `${printable(JSON.stringify(head)).slice(0, -1)},"spans":[\n${spans.join(',\n')}\n]}\n`;
}

/** A trace as CSV, a row a span. */
export function traceToCsv({ traceId, nodes }: TraceData): string {
  const { startUnixMs } = extentOf(nodes);
  return toCsv(
    [
      { head: 'when', cell: ({ span }) => csvTime(span.startUnixMs) },
      { head: 'depth', cell: ({ depth }) => depth },
      { head: 'name', cell: ({ span }) => span.name },
      { head: 'offset', cell: ({ span }) => csvMs(span.startUnixMs - startUnixMs) },
      { head: 'duration', cell: ({ span }) => csvMs(span.durationMs) },
      { head: 'selfTime', cell: ({ selfMs }) => csvMs(selfMs) },
      { head: 'flags', cell: (node) => flagsOf(node).join(' ') },
      { head: 'kind', cell: ({ span }) => span.kind },
      { head: 'service', cell: ({ span }) => span.serviceName },
      { head: 'status', cell: ({ span }) => span.status },
      { head: 'traceId', cell: () => traceId },
      { head: 'spanId', cell: ({ span }) => span.spanId },
      { head: 'parentSpanId', cell: ({ span }) => span.parentSpanId },
      { head: 'attributes', cell: ({ span }) => JSON.stringify(span.details.attributes()) },
    ],
    nodes,
  );
}
