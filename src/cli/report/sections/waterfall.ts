import type { AttributeValue, SpanEvent } from '../../../traces/span.js';
import { durationText, msText } from '../figures.js';
import { type Html, html, lines, shortened } from '../html.js';
import { MOST_INDENT } from '../page-style.js';

/** A span of a waterfall. */
export interface WaterfallSpan {
  readonly name: string;
  readonly depth: number;
  readonly startUnixMs: number;
  readonly durationMs: number;
  readonly selfMs: number;
  readonly isSlow: boolean;
  readonly isFailed: boolean;
  /** Whether it has the largest self time of its trace. */
  readonly isCause: boolean;
  /** What else is to be noticed: that it was interrupted, or that its parent is missing. */
  readonly remarks: readonly string[];
  /** Those that differ from its parent's. */
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  readonly events: readonly SpanEvent[];
}

export interface Waterfall {
  /** In the order that they are shown in: children below their parents. */
  readonly spans: readonly WaterfallSpan[];
  /** Spans of the trace that are not shown. */
  readonly leftOut: number;
}

const MOST_TICKS = 5;
/** Characters of an attribute, a statement or a stack, say. */
const MOST_VALUE = 4000;

interface Frame {
  readonly fromUnixMs: number;
  readonly lengthMs: number;
  /** Where the lines are, in ms from the beginning. */
  readonly ticks: readonly number[];
}

/** Round times, as many as there is room for. */
function ticksOf(lengthMs: number): number[] {
  const least = lengthMs / MOST_TICKS;
  const decade = 10 ** Math.floor(Math.log10(least));
  const step = decade * ([1, 2, 5, 10].find((factor) => factor * decade >= least) ?? 10);
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, at) => at * step);
}

function frameOf(spans: readonly WaterfallSpan[]): Frame {
  const from = Math.min(...spans.map(({ startUnixMs }) => startUnixMs));
  const to = Math.max(...spans.map(({ startUnixMs, durationMs }) => startUnixMs + durationMs));
  const lengthMs = Math.max(to - from, 0.001);
  return { fromUnixMs: from, lengthMs, ticks: ticksOf(lengthMs) };
}

function percent(part: number): string {
  return `${Math.min(100, Math.max(0, part * 100)).toFixed(2)}%`;
}

function tickLabels({ ticks, lengthMs }: Frame): Html {
  const labels = ticks.map((tick) => {
    const anchor = tick === 0 ? 'start' : 'middle';
    return html`<text x="${percent(tick / lengthMs)}" y="14" text-anchor="${anchor}">${durationText(tick)}</text>`;
  });
  return html`<svg class="ticks" aria-hidden="true">${labels}</svg>`;
}

function barOf({ startUnixMs, durationMs }: WaterfallSpan, { fromUnixMs, lengthMs, ticks }: Frame): Html {
  const left = Math.min((startUnixMs - fromUnixMs) / lengthMs, 0.997);
  const width = Math.max(durationMs / lengthMs, 0.003);
  const grid = ticks.map((tick) => {
    const x = percent(tick / lengthMs);
    return html`<line x1="${x}" x2="${x}" y1="-50%" y2="150%"/>`;
  });
  return html`<svg class="bar" aria-hidden="true">${grid}<rect x="${percent(left)}" width="${percent(width)}" y="15%" height="70%" rx="1.5"/></svg>`;
}

function tagsOf(span: WaterfallSpan): Html[] {
  return [
    span.isCause
      ? html`<span class="tag is-slow" title="the largest self time of this trace">cause</span>`
      : [],
    span.isSlow ? html`<span class="tag is-slow">slow</span>` : [],
    span.isFailed ? html`<span class="tag is-failed">failed</span>` : [],
    span.remarks.map((remark) => html`<span class="tag">${remark}</span>`),
  ].flat();
}

function eventRow(event: SpanEvent, span: WaterfallSpan): Html {
  const attributes = Object.entries(event.attributes).map(([key, value]) => `${key}: ${value}`);
  const at = `after ${durationText(Math.max(0, event.unixMs - span.startUnixMs))}`;
  return html`<dt>${shortened(event.name)} <span class="soft">${at}</span></dt><dd>${lines(shortened(attributes.join('\n'), MOST_VALUE))}</dd>`;
}

function detailsOf(span: WaterfallSpan): Html {
  const rows = [
    ...span.attributes.map(
      ([key, value]) =>
        html`<dt>${shortened(key)}</dt><dd>${lines(shortened(String(value), MOST_VALUE))}</dd>`,
    ),
    ...span.events.map((event) => eventRow(event, span)),
  ];
  return html`<dl class="details mono">${rows.length > 0 ? rows : html`<dt>nothing more</dt><dd></dd>`}</dl>`;
}

function rowOf(span: WaterfallSpan, frame: Frame): Html {
  const classes = [
    'span',
    span.isCause ? 'cause' : [],
    span.isFailed ? 'is-failed-span' : span.isSlow ? 'is-slow-span' : [],
  ].flat();
  return html`<details class="${classes.join(' ')}"><summary><span class="label d${Math.min(span.depth, MOST_INDENT)}">${shortened(span.name)}${tagsOf(span)}</span>
${barOf(span, frame)}<span class="number">${msText(span.durationMs)}</span><span class="number self">${msText(span.selfMs)}</span></summary>
${detailsOf(span)}</details>
`;
}

/** A trace as bars over its time, a line a span; its attributes show when the line is opened. */
export function waterfall({ spans, leftOut }: Waterfall): Html {
  if (spans.length === 0) return html`<p class="hint">The spans of this trace could not be read.</p>`;
  const frame = frameOf(spans);
  return html`<div class="waterfall">
<div class="head"><span></span><span>span</span>${tickLabels(frame)}<span class="number">ms</span><span class="number self">self ms</span></div>
${spans.map((span) => rowOf(span, frame))}${leftOut > 0 ? html`<p class="hint">${leftOut} more spans of this trace are not shown.</p>` : ''}</div>
`;
}
