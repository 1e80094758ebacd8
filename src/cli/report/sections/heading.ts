import { countText, durationText, shareText, timeText } from '../figures.js';
import { type Html, html } from '../html.js';

/** What the report is about, and how much there was. */
export interface Heading {
  readonly madeAtUnixMs: number;
  readonly version: string;
  /** What was read, and what it was asked, in words. */
  readonly sources: readonly string[];
  /** The filters, in words; empty where there were none. */
  readonly filters: string;
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
  readonly eventCount: number;
  /** Whether the events stand for others that were thinned out. */
  readonly isEstimated: boolean;
  readonly slowCount: number;
  readonly failedCount: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** What was skipped or cut, and which sources failed, a line each. */
  readonly notes: readonly string[];
}

function tile(name: string, figure: string, { colour = '', more = '' } = {}): Html {
  return html`<div><dt>${name}</dt><dd class="${colour}">${figure}${more === '' ? '' : html` <small>${more}</small>`}</dd></div>
`;
}

function countTile(name: string, count: number, heading: Heading, colour: string): Html {
  if (count === 0) return tile(name, '0');
  return tile(name, countText(count), { colour, more: shareText(count / heading.eventCount) });
}

/** Title, key figures, and where all of it is from. */
export function headingSection(heading: Heading): Html {
  const { firstUnixMs, lastUnixMs, notes, filters } = heading;
  const about = heading.isEstimated ? '≈ ' : '';
  return html`<header>
<h1>Events of the grants indexer</h1>
<p class="lead">${timeText(firstUnixMs)} to ${timeText(lastUnixMs)} UTC${filters === '' ? '' : `: ${filters}`}</p>
<dl class="tiles">
${tile('events', about + countText(heading.eventCount))}${countTile('slow', heading.slowCount, heading, 'is-slow')}${countTile('failed', heading.failedCount, heading, 'is-failed')}${tile('median', durationText(heading.p50Ms))}${tile('95 % within', durationText(heading.p95Ms))}${tile('99 % within', durationText(heading.p99Ms))}${tile('longest', durationText(heading.maxMs))}</dl>
<dl class="about">
<dt>From</dt><dd>${heading.sources.join(', ')}</dd>
<dt>Filters</dt><dd>${filters === '' ? 'none' : filters}</dd>
<dt>Made</dt><dd>${timeText(heading.madeAtUnixMs)} UTC by grants-otel ${heading.version}</dd>
</dl>
${notes.length === 0 ? '' : html`<ul class="notes" aria-label="What is missing">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
</header>
`;
}
