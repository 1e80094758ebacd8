import type { Span } from './span.js';

/** What is odd about a span's place: its parent is not there, it is its own ancestor, or another span has its id. */
export type Oddity = 'parent missing' | 'cycle' | 'duplicate id';

/** A span in its place. */
export interface SpanNode {
  readonly span: Span;
  readonly parent: SpanNode | undefined;
  /** By their start. */
  readonly children: readonly SpanNode[];
  /** 0 for a root. */
  readonly depth: number;
  /** Milliseconds: its duration less the time that its children cover, each clipped to its parent. */
  readonly selfMs: number;
  readonly oddities: readonly Oddity[];
}

interface Draft {
  readonly span: Span;
  readonly oddities: Oddity[];
  readonly children: Draft[];
  parent: Draft | undefined;
}

function isSame(a: Span, b: Span): boolean {
  return a.name === b.name && a.startUnixMs === b.startUnixMs && a.durationMs === b.durationMs;
}

/** One draft for each span: the same one read twice counts once, another one with the same id stays. */
function draftsOf(spans: readonly Span[]): { drafts: Draft[]; byId: Map<string, Draft> } {
  const drafts: Draft[] = [];
  const byId = new Map<string, Draft>();
  const others = new Map<string, Draft[]>();
  for (const span of [...spans].sort((a, b) => a.startUnixMs - b.startUnixMs)) {
    const sameId = others.get(span.spanId) ?? [];
    if (sameId.some((draft) => isSame(draft.span, span))) continue;
    const draft: Draft = {
      span,
      parent: undefined,
      children: [],
      oddities: sameId.length > 0 ? ['duplicate id'] : [],
    };
    drafts.push(draft);
    others.set(span.spanId, [...sameId, draft]);
    if (!byId.has(span.spanId)) byId.set(span.spanId, draft);
  }
  return { drafts, byId };
}

/** Takes one span out of each circle of parents: the one that started first, in whose place the circle is drawn. */
function cutCycles(drafts: readonly Draft[]): void {
  const seenIn = new Map<Draft, number>();
  drafts.forEach((start, walk) => {
    let at: Draft | undefined = start;
    while (at !== undefined && !seenIn.has(at)) {
      seenIn.set(at, walk);
      at = at.parent;
    }
    if (at === undefined || seenIn.get(at) !== walk) return;
    let first = at;
    for (let next = at.parent; next !== undefined && next !== at; next = next.parent) {
      if (next.span.startUnixMs < first.span.startUnixMs) first = next;
    }
    first.parent = undefined;
    first.oddities.push('cycle');
  });
}

/** How much of a span of time is covered by others. */
function coveredMs(children: readonly Interval[]): number {
  let covered = 0;
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of children) {
    covered += Math.max(0, endMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, endMs);
  }
  return covered;
}

interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** A child within its parent: what lies outside of it does not count. */
function clip({ startUnixMs, durationMs }: Span, within: Interval): Interval {
  const startMs = Math.min(Math.max(startUnixMs, within.startMs), within.endMs);
  return { startMs, endMs: Math.max(startMs, Math.min(startUnixMs + durationMs, within.endMs)) };
}

interface Placed {
  readonly node: SpanNode & { readonly children: SpanNode[] };
  readonly draft: Draft;
  readonly interval: Interval;
}

function place(draft: Draft, interval: Interval, parent: SpanNode | undefined): Placed {
  const children = draft.children.map((child) => clip(child.span, interval));
  const node = {
    span: draft.span,
    parent,
    children: [],
    depth: parent === undefined ? 0 : parent.depth + 1,
    selfMs: interval.endMs - interval.startMs - coveredMs(children),
    oddities: draft.oddities,
  };
  return { node, draft, interval };
}

function wholeOf({ startUnixMs, durationMs }: Span): Interval {
  return { startMs: startUnixMs, endMs: startUnixMs + durationMs };
}

/**
 * The spans of one trace as a tree. Every span is in it once, whatever its parents are: one whose parent is not there, or is below itself,
 * hangs from the root where there is one root, and is a root where there is not.
 */
export function buildSpanTree(spans: readonly Span[]): readonly SpanNode[] {
  const { drafts, byId } = draftsOf(spans);
  for (const draft of drafts) {
    const { parentSpanId } = draft.span;
    draft.parent = parentSpanId === undefined ? undefined : byId.get(parentSpanId);
    if (parentSpanId !== undefined && draft.parent === undefined) draft.oddities.push('parent missing');
  }
  cutCycles(drafts);
  const trueRoots = drafts.filter(({ span }) => span.parentSpanId === undefined);
  const [onlyRoot] = trueRoots.length === 1 ? trueRoots : [];
  for (const draft of drafts) {
    if (draft.parent === undefined && draft !== onlyRoot) draft.parent = onlyRoot;
    draft.parent?.children.push(draft);
  }
  const roots = drafts
    .filter(({ parent }) => parent === undefined)
    .map((draft) => place(draft, wholeOf(draft.span), undefined));
  const waiting = [...roots];
  for (let placed = waiting.pop(); placed !== undefined; placed = waiting.pop()) {
    for (const child of placed.draft.children) {
      const below = place(child, clip(child.span, placed.interval), placed.node);
      placed.node.children.push(below.node);
      waiting.push(below);
    }
  }
  return roots.map(({ node }) => node);
}

/** All spans of a tree, each before those below it. */
export function* walkTree(roots: readonly SpanNode[]): Generator<SpanNode> {
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (let at = node.children.length - 1; at >= 0; at--) waiting.push(node.children[at] as SpanNode);
  }
}
