import { countText, msText, shareText } from '../figures.js';
import { type Html, html } from '../html.js';

/** Figures of the events of one name and chain. Durations are ms. */
export interface SummaryRow {
  readonly event: string | undefined;
  readonly chainId: string | undefined;
  readonly count: number;
  readonly slow: number;
  readonly errors: number;
  readonly min: number;
  readonly avg: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly total: number;
  /** Whether some of its events stand for others that were thinned out. */
  readonly isEstimated: boolean;
}

function flagged(count: number, name: string): Html {
  return count === 0
    ? html`<span class="zero">0</span>`
    : html`<span class="is-${name}">${countText(count)}</span>`;
}

function rowOf(row: SummaryRow): Html {
  const about = row.isEstimated ? '≈ ' : '';
  return html`<tr>
<td class="name">${row.event ?? '–'}</td><td class="number">${row.chainId ?? '–'}</td>
<td class="number">${about}${countText(row.count)}</td><td class="number">${flagged(row.slow, 'slow')}</td><td class="number">${flagged(row.errors, 'failed')}</td>
${[row.min, row.avg, row.p50, row.p95, row.p99, row.max].map((ms) => html`<td class="number">${msText(ms)}</td>`)}
<td class="number">${about}${countText(row.total)}</td>
</tr>
`;
}

/** The table of `grants-otel summary`: a row for each event name and chain. */
export function summarySection(rows: readonly SummaryRow[]): Html {
  const heads = ['events', 'slow', 'failed', 'min', 'average', 'median', '95 %', '99 %', 'max', 'total'];
  const isEstimated = rows.some((row) => row.isEstimated);
  const slowCount = rows.reduce((sum, { slow }) => sum + slow, 0);
  return html`<section>
<h2>By event and chain</h2>
<p class="hint">Durations in ms; 95 % took at most what stands under 95 %.${slowCount > 0 ? ` ${shareText(slowCount / rows.reduce((sum, { count }) => sum + count, 0))} of the events were slow.` : ''}
${isEstimated ? '≈ marks estimates: fast traces were thinned out by GRANTS_OTEL_KEEP_RATIO, and each that was kept counts for those that were not.' : ''}</p>
<div class="scroll" tabindex="0" role="region" aria-label="By event and chain"><table>
<thead><tr><th scope="col">event</th><th scope="col" class="number">chain</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
${rows.map(rowOf)}</tbody>
</table></div>
</section>
`;
}
