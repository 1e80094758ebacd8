import { createHash } from 'node:crypto';
import type { Causes } from '../../traces/causes.js';
import type { SummaryRow } from '../../traces/summary.js';
import type { ChartData } from './chart-data.js';
import { countText } from './figures.js';
import { Html, html } from './html.js';
import type { PageAssets } from './page-assets.js';
import { PAGE_STYLE } from './page-style.js';
import { causesSection } from './sections/causes-table.js';
import { type Heading, headingSection } from './sections/heading.js';
import { picturesSection } from './sections/pictures.js';
import { type SlowestSection, slowestSection } from './sections/slowest.js';
import { summarySection } from './sections/summary-table.js';

/** Everything that stands on the page. */
export interface Report {
  readonly heading: Heading;
  readonly charts: ChartData;
  readonly summary: readonly SummaryRow[];
  readonly causes: Causes;
  readonly slowest: SlowestSection;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Only these very scripts and this style sheet, and nothing from any network, whatever the data hold. */
function policyOf(scripts: readonly string[], style: string): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(' ')}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function titleOf({ eventCount, slowCount }: Heading): string {
  return `${countText(eventCount)} event${eventCount === 1 ? '' : 's'}, ${countText(slowCount)} slow`;
}

/** The report as one HTML page that needs nothing else: no network, no file beside it. */
export function renderPage(report: Report, { libraryScript, libraryStyle, script }: PageAssets): string {
  const style = `${libraryStyle}\n${PAGE_STYLE}`;
  const policy = policyOf([libraryScript, script], style);
  const { heading } = report;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="grants-otel ${heading.version}">
<title>grants-otel: ${titleOf(heading)}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
${headingSection(heading)}${picturesSection(report.charts)}${summarySection(report.summary)}${causesSection(report.causes)}${slowestSection(report.slowest)}</main>
<script>${new Html(libraryScript)}</script>
<script type="module">${new Html(script)}</script>
</body>
</html>
`.markup;
}
