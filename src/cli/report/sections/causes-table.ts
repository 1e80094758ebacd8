import type { Causes } from '../../../traces/causes.js';
import { causeRows } from '../../questions/causes-formats.js';
import { countText, msText, shareText } from '../figures.js';
import { type Html, html, shortened } from '../html.js';

/** Rows that a reader can still look through. */
const MOST_ROWS = 20;

function rowOf({ name, row }: ReturnType<typeof causeRows>[number]): Html {
  const { sharePercent = 0, selfMs = 0, eventCount = 0 } = row.sides[0] ?? {};
  return html`<tr>
<td class="name">${shortened(name)}</td>
<td class="number">${shareText(sharePercent / 100)}</td>
<td class="picture-cell"><svg class="share" aria-hidden="true"><rect class="all" width="100%" height="100%" rx="2"/><rect width="${Math.min(100, sharePercent).toFixed(2)}%" height="100%" rx="2"/></svg></td>
<td class="number">${msText(selfMs)}</td>
<td class="number">${countText(eventCount)}</td>
</tr>
`;
}

/** What slow events spent their time on; a line that says so where none was slow. */
export function causesSection(causes: Causes): Html {
  const { eventCount = 0, totalMs = 0 } = causes.sides[0] ?? {};
  if (eventCount === 0) {
    return html`<section>
<h2>Causes of slow events</h2>
<p class="hint">No event was flagged as slow.</p>
</section>
`;
  }
  const leftOut = Math.max(0, causes.rows.length - MOST_ROWS);
  const cut =
    leftOut === 0
      ? ''
      : ` The ${MOST_ROWS} largest of ${countText(causes.rows.length)} causes; grants-otel causes shows all.`;
  return html`<section>
<h2>Causes of slow events</h2>
<p class="hint">The span with the largest self time in each slow event, and what share it had of the ${msText(totalMs)} ms that ${eventCount === 1 ? 'it' : `all ${countText(eventCount)}`} took.${cut}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Causes of slow events"><table id="causes">
<thead><tr><th scope="col">cause</th><th scope="col" class="number">share</th><td class="picture-cell"></td><th scope="col" class="number">ms</th><th scope="col" class="number">events</th></tr></thead>
<tbody>
${causeRows(causes, MOST_ROWS).map(rowOf)}</tbody>
</table></div>
</section>
`;
}
