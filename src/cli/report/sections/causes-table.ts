import { countText, msText, shareText } from '../figures.js';
import { type Html, html, shortened } from '../html.js';

/** What made events slow, and how much. */
export interface CauseRow {
  readonly cause: string;
  /** Slow events that it was the cause of. */
  readonly events: number;
  /** What it took of their time, in ms. */
  readonly ms: number;
  /** That, as a share of 1, of the time of all slow events. */
  readonly share: number;
}

export interface CausesSection {
  readonly rows: readonly CauseRow[];
  /** Causes that are not shown. */
  readonly leftOut: number;
  readonly slowCount: number;
  /** What all slow events took, in ms. */
  readonly slowMs: number;
}

function rowOf({ cause, events, ms, share }: CauseRow): Html {
  const width = Math.min(100, share * 100).toFixed(2);
  return html`<tr>
<td class="name">${shortened(cause)}</td>
<td class="number">${shareText(share)}</td>
<td><svg class="share" aria-hidden="true"><rect class="all" width="100%" height="100%" rx="2"/><rect width="${width}%" height="100%" rx="2"/></svg></td>
<td class="number">${msText(ms)}</td>
<td class="number">${countText(events)}</td>
</tr>
`;
}

/** What slow events spent their time on; a line that says so where none was slow. */
export function causesSection({ rows, leftOut, slowCount, slowMs }: CausesSection): Html {
  if (slowCount === 0) {
    return html`<section><h2>Causes</h2><p class="hint">No event was flagged as slow.</p></section>
`;
  }
  return html`<section>
<h2>Causes of slow events</h2>
<p class="hint">The span with the largest self time in each slow event, and its share of the ${msText(slowMs)} ms that all ${countText(slowCount)} took.${leftOut > 0 ? ` ${countText(leftOut)} more causes are not shown; grants-otel causes shows all.` : ''}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Causes of slow events"><table>
<thead><tr><th scope="col">cause</th><th scope="col" class="number">share</th><th scope="col"><span class="soft" aria-hidden="true">of the time</span></th><th scope="col" class="number">ms</th><th scope="col" class="number">events</th></tr></thead>
<tbody>
${rows.map(rowOf)}</tbody>
</table></div>
</section>
`;
}
