import type { ChartData } from '../chart-data.js';
import { durationText, timeText } from '../figures.js';
import { type Html, html, jsonForScript } from '../html.js';

const CLASSES = html`<li class="fast">fast</li><li class="slow">slow</li><li class="failed">failed</li>`;

function thresholdKey({ slowThresholdMs }: ChartData): Html | undefined {
  return slowThresholdMs === undefined
    ? undefined
    : html`<li class="threshold">slow from ${durationText(slowThresholdMs)}</li>`;
}

/** Duration over time, and how many events took how long: what the script of the page draws, and what to say of it. */
export function picturesSection(data: ChartData): Html {
  const { fromUnixMs, toUnixMs, isBinned, columns, rows } = data.overTime;
  const span = `${timeText(fromUnixMs)} to ${timeText(toUnixMs)} UTC`;
  const each = isBinned
    ? `Each dot is the events of one of ${columns} × ${rows} fields, the fuller the stronger`
    : 'Each dot is an event';
  return html`<section class="picture">
<h2>Duration over time</h2>
<p class="hint">${each}; durations on a logarithmic scale, times in UTC. <span class="hint-screen">Drag to zoom in, double-click to see all.</span></p>
<ul class="key">${CLASSES}${thresholdKey(data)}<li class="median">median</li><li class="p95">95th percentile</li></ul>
<div id="over-time" class="chart" role="img" aria-label="Duration of each event, ${span}"></div>
</section>
<section class="picture">
<h2>How long events took</h2>
<p class="hint">Events by duration, on a logarithmic scale. A bar that would be too low to be seen is drawn a little higher.</p>
<ul class="key">${CLASSES}${thresholdKey(data)}</ul>
<div id="histogram" class="chart" role="img" aria-label="Number of events by duration"></div>
<noscript><p class="notes">Both pictures need JavaScript; the figures below do not.</p></noscript>
</section>
<script type="application/json" id="chart-data">${jsonForScript(data)}</script>
`;
}
