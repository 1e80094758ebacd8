import { SKETCH_ERROR } from '../../../traces/durations.js';
import type { SummaryRow } from '../../../traces/summary.js';
import { countText, msText } from '../figures.js';
import { type Html, html, shortened } from '../html.js';

/** Rows that a reader can still look through. */
const MOST_ROWS = 200;

const HEADS = ['events', 'slow', 'failed', 'min', 'average', 'median', '95 %', '99 %', 'max', 'total'];

function flagged(count: number, colour: string): Html {
  return count === 0
    ? html`<span class="zero">0</span>`
    : html`<span class="${colour}">${countText(count)}</span>`;
}

function rowOf({ values: [event, chainId], durations, slowCount, errorCount }: SummaryRow): Html {
  const estimated = durations.isWeighted ? '~' : '';
  const percentile = (share: number): string =>
    (durations.isExact ? estimated : '~') + msText(durations.percentileMs(share));
  const figures = [
    msText(durations.minMs),
    estimated + msText(durations.totalMs / durations.count),
    percentile(0.5),
    percentile(0.95),
    percentile(0.99),
    msText(durations.maxMs),
    estimated + msText(durations.totalMs),
  ];
  return html`<tr>
<td class="name">${shortened(event ?? '–')}</td><td class="number">${shortened(chainId ?? '–')}</td>
<td class="number">${estimated}${countText(durations.count)}</td><td class="number">${flagged(slowCount, 'is-slow')}</td><td class="number">${flagged(errorCount, 'is-failed')}</td>
${figures.map((figure) => html`<td class="number">${figure}</td>`)}
</tr>
`;
}

/** What a reader has to know of the figures. */
function remarks(rows: readonly SummaryRow[]): string[] {
  return [
    ['Durations in ms; 95 % of the events took no longer than what stands under 95 %.'],
    rows.some(({ durations }) => durations.isWeighted)
      ? '~ marks estimates: of fast traces only a share was kept (GRANTS_OTEL_KEEP_RATIO), each counts for those that were not.'
      : [],
    rows.some(({ durations }) => !durations.isExact)
      ? `Percentiles of more than 1,000,000 events are within ${SKETCH_ERROR * 100} % of the true ones.`
      : [],
    rows.length > MOST_ROWS
      ? `The first ${MOST_ROWS} of ${countText(rows.length)} rows; grants-otel summary shows all.`
      : [],
  ].flat();
}

/** The table of `grants-otel summary`: a row for each event name and chain. */
export function summarySection(rows: readonly SummaryRow[]): Html {
  return html`<section>
<h2>By event and chain</h2>
<p class="hint">${remarks(rows).join(' ')}</p>
<div class="scroll" tabindex="0" role="region" aria-label="By event and chain"><table id="summary">
<thead><tr><th scope="col">event</th><th scope="col" class="number">chain</th>${HEADS.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
${rows.slice(0, MOST_ROWS).map(rowOf)}</tbody>
</table></div>
</section>
`;
}
