import { countText, msText, shareText, timeText } from '../figures.js';
import { type Html, html, shortened } from '../html.js';
import { type Waterfall, waterfall } from './waterfall.js';

/** One of the slowest events, with its whole trace. */
export interface SlowestEvent {
  readonly traceId: string;
  readonly name: string;
  readonly startUnixMs: number;
  readonly durationMs: number;
  readonly isSlow: boolean;
  readonly isFailed: boolean;
  /** Chain, round and application, as far as they are known. */
  readonly ids: readonly string[];
  readonly cause: string | undefined;
  /** The self time of its cause as a share of 1 of the event. */
  readonly causeShare: number | undefined;
  /** Its place in Jaeger, where it is from one. */
  readonly traceUrl: string | undefined;
  readonly waterfall: Waterfall;
}

export interface SlowestSection {
  readonly events: readonly SlowestEvent[];
  /** How many there are in all. */
  readonly eventCount: number;
}

function causeOf({ cause, causeShare }: SlowestEvent): Html {
  if (cause === undefined) return html`<span class="soft">–</span>`;
  return html`${shortened(cause)}${causeShare === undefined ? '' : html` <span class="soft">${shareText(causeShare)}</span>`}`;
}

function eventOf(event: SlowestEvent, at: number): Html {
  const colour = event.isFailed ? 'is-failed' : event.isSlow ? 'is-slow' : '';
  const link =
    event.traceUrl === undefined
      ? undefined
      : html` · <a href="${event.traceUrl}" target="_blank" rel="noopener noreferrer">Open in Jaeger</a>`;
  return html`<details class="trace"${at === 0 ? html` open` : ''}><summary><span class="number ms ${colour}">${msText(event.durationMs)} ms</span>
<span class="wrap">${shortened(event.name)}${event.isFailed ? html` <span class="tag is-failed">failed</span>` : ''}<span class="summary-side ids-of">${shortened(event.ids.join(' · '))}</span></span>
<span class="cause wrap">${causeOf(event)}</span><span class="when number summary-side">${timeText(event.startUnixMs)}</span></summary>
<div class="body"><p class="ids">Trace <code>${event.traceId}</code>${link}</p>
${waterfall(event.waterfall)}</div></details>
`;
}

/** The slowest events, each with the waterfall of its whole trace. */
export function slowestSection({ events, eventCount }: SlowestSection): Html {
  const shown =
    events.length === eventCount
      ? 'All events, slowest first.'
      : `The ${events.length === 1 ? '' : `${countText(events.length)} `}slowest of ${countText(eventCount)} events (--limit).`;
  return html`<section>
<h2>The slowest events</h2>
<p class="hint">${shown} <span class="hint-screen">Open one for its trace, and a span for its attributes.</span>
Self time is what a span took less what its children cover.</p>
<div class="traces">
${events.map(eventOf)}</div>
</section>
`;
}
