/** What drawing a trace needs of a span: the receiver's and Jaeger's both have it. */
export interface DrawnSpan {
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly startTimeUnixNano: bigint;
}

/** The spans of one trace as a tree, drawn as in the README: siblings by their start. A span without its parent stands as a root. */
export function drawTree(spans: readonly DrawnSpan[]): string {
  const ids = new Set(spans.map((span) => span.spanId));
  const sorted = [...spans].sort((a, b) => (a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1));
  const childrenOf = (id: string | undefined): DrawnSpan[] =>
    sorted.filter(
      (span) => (span.parentSpanId && ids.has(span.parentSpanId) ? span.parentSpanId : undefined) === id,
    );
  const below = (id: string, indent: string): string[] =>
    childrenOf(id).flatMap((span, index, all) => {
      const isLast = index === all.length - 1;
      return [
        `${indent}${isLast ? '└─' : '├─'} ${span.name}`,
        ...below(span.spanId, `${indent}${isLast ? '   ' : '│  '}`),
      ];
    });
  return childrenOf(undefined)
    .flatMap((root) => [root.name, ...below(root.spanId, '')])
    .join('\n');
}
