import type { AttributeValue, SpanEvent } from '../../../traces/span.js';
import { durationText, msText } from '../figures.js';
import { type Html, html, lines } from '../html.js';
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
  readonly isInterrupted: boolean;
  /** Whether it is what made the event slow. */
  readonly isCause: boolean;
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

const TICKS = [0, 0.25, 0.5, 0.75, 1];

interface Frame {
  readonly fromUnixMs: number;
  readonly lengthMs: number;
}

function frameOf(spans: readonly WaterfallSpan[]): Frame {
  const from = Math.min(...spans.map(({ startUnixMs }) => startUnixMs));
  const to = Math.max(...spans.map(({ startUnixMs, durationMs }) => startUnixMs + durationMs));
  return { fromUnixMs: from, lengthMs: Math.max(to - from, 0.001) };
}

function percent(part: number): string {
  return `${Math.min(100, Math.max(0, part * 100)).toFixed(2)}%`;
}

function barOf({ startUnixMs, durationMs }: WaterfallSpan, { fromUnixMs, lengthMs }: Frame): Html {
  const left = Math.min((startUnixMs - fromUnixMs) / lengthMs, 0.997);
  const width = Math.max(durationMs / lengthMs, 0.003);
  return html`<svg class="bar" aria-hidden="true">${TICKS.map(
    (tick) => html`<line x1="${percent(tick)}" x2="${percent(tick)}" y1="-50%" y2="150%"/>`,
  )}<rect x="${percent(left)}" width="${percent(width)}" y="15%" height="70%" rx="1.5"/></svg>`;
}

function tagsOf(span: WaterfallSpan): Html[] {
  return [
    span.isCause ? html`<span class="tag is-slow">cause</span>` : [],
    span.isSlow && !span.isCause ? html`<span class="tag is-slow">slow</span>` : [],
    span.isFailed ? html`<span class="tag is-failed">failed</span>` : [],
    span.isInterrupted ? html`<span class="tag is-failed">interrupted</span>` : [],
  ].flat();
}

function eventRow(event: SpanEvent, span: WaterfallSpan): Html {
  const attributes = Object.entries(event.attributes).map(([key, value]) => `${key}: ${value}`);
  const at = `after ${durationText(Math.max(0, event.unixMs - span.startUnixMs))}`;
  return html`<dt>${event.name} <span class="soft">${at}</span></dt><dd>${lines(attributes.join('\n'))}</dd>`;
}

function detailsOf(span: WaterfallSpan): Html {
  const rows = [
    ...span.attributes.map(([key, value]) => html`<dt>${key}</dt><dd>${lines(String(value))}</dd>`),
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
  return html`<details class="${classes.join(' ')}"><summary><span class="label d${Math.min(span.depth, MOST_INDENT)}">${span.name}${tagsOf(span)}</span>
${barOf(span, frame)}<span class="number">${msText(span.durationMs)}</span><span class="number self">${msText(span.selfMs)}</span></summary>
${detailsOf(span)}</details>
`;
}

/** A trace as bars over its time, a line a span; its attributes show when the line is opened. */
export function waterfall({ spans, leftOut }: Waterfall): Html {
  if (spans.length === 0) return html`<p class="hint">The spans of this trace could not be read.</p>`;
  const frame = frameOf(spans);
  return html`<div class="waterfall">
<div class="head"><span></span><span>span</span><span class="ticks">${TICKS.map((tick) => html`<span>${durationText(frame.lengthMs * tick)}</span>`)}</span><span class="number">ms</span><span class="number self">self ms</span></div>
${spans.map((span) => rowOf(span, frame))}${leftOut > 0 ? html`<p class="hint">${leftOut} more spans of this trace are not shown.</p>` : ''}</div>
`;
}
