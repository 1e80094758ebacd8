const LIGHT = `
  --paper: #ffffff; --panel: #f5f6f8; --ink: #1a1d23; --soft: #5c6470; --line: #e0e3e8;
  --fast: #4a7fd4; --slow: #c96a00; --failed: #c2185b; --p95: #7a3ea8; --link: #1a5fb4; --mark: #fdf1e0;`;
const DARK = `
  --paper: #14171c; --panel: #1d2128; --ink: #e8eaee; --soft: #9aa3b0; --line: #333943;
  --fast: #5b92e5; --slow: #f39c3d; --failed: #ff6b9a; --p95: #c39af0; --link: #82b4ff; --mark: #33281a;`;

/** How deep a waterfall is indented at most. */
export const MOST_INDENT = 10;

const INDENTS = Array.from(
  { length: MOST_INDENT + 1 },
  (_, depth) => `.d${depth} { padding-left: ${depth * 14}px }`,
).join('\n');

/** The style sheet of the page: light, dark as the reader's system has it, and ink on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root:not(.printing) { color-scheme: dark; ${DARK} } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
main { max-width: 1160px; margin: 0 auto; padding: 40px 28px 64px }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px; font-weight: 650; letter-spacing: -.01em }
h2 { font-size: 18px; line-height: 1.3; margin: 52px 0 4px; font-weight: 650 }
p { margin: 0 0 10px; max-width: 920px }
a { color: var(--link); text-underline-offset: 2px }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px }
.soft, .about dt, .hint { color: var(--soft) }
.hint { font-size: 13.5px }
.lead { font-size: 16px; color: var(--soft); margin-bottom: 20px }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .88em }
.wrap { overflow-wrap: anywhere }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); border-block: 1px solid var(--line); margin: 0 0 18px; padding: 14px 0; gap: 14px 20px }
.tiles dt { color: var(--soft); font-size: 13px }
.tiles dd { margin: 0; font-size: 23px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap }
.tiles small { font-size: 13px; font-weight: 400; color: var(--soft) }
.about { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0; font-size: 13.5px }
.about dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
.notes { margin: 14px 0 0; padding: 10px 14px 10px 30px; background: var(--mark); border-left: 3px solid var(--slow); font-size: 13.5px; overflow-wrap: anywhere }

.key { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 8px 0 4px; padding: 0; list-style: none; font-size: 13.5px; color: var(--soft) }
.key li::before { content: ""; display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px; background: currentColor }
.key .fast::before { color: var(--fast) } .key .slow::before { color: var(--slow) } .key .failed::before { color: var(--failed) }
.key .threshold::before { height: 0; width: 16px; border-top: 2px dashed var(--slow); background: none; vertical-align: middle; border-radius: 0 }
.key .median::before { height: 0; width: 16px; border-top: 2px solid var(--ink); background: none; vertical-align: middle; border-radius: 0 }
.key .p95::before { height: 0; width: 16px; border-top: 2px dashed var(--p95); background: none; vertical-align: middle; border-radius: 0 }
.chart { width: 100%; overflow: hidden }
.uplot, .uplot .u-legend { font-family: inherit }
.u-legend.u-inline { margin: 2px 0 0; text-align: left; font-size: 13px; color: var(--soft); font-variant-numeric: tabular-nums }
.u-legend .u-series > * { padding: 2px 0 } .u-legend.u-inline tr { margin-right: 20px }
.u-legend th { font-weight: 400; pointer-events: none } .u-legend .u-value { color: var(--ink); padding-left: 6px !important }
.u-legend .u-marker { display: none !important } .u-legend .halo { display: none !important }
.u-legend.u-inline th, .u-legend.u-inline td { border: 0 } .chart:not(:hover) .u-legend { visibility: hidden }
.u-select { background: color-mix(in srgb, var(--fast) 22%, transparent) }
.u-hz .u-cursor-x, .u-vt .u-cursor-y { border-right-color: var(--soft) }

.scroll { overflow-x: auto; margin-top: 10px }
table { border-collapse: collapse; width: 100%; font-size: 14px }
th { text-align: left; font-weight: 500; font-size: 13px; color: var(--soft); vertical-align: bottom }
th, td { padding: 6px 0 6px 18px; border-bottom: 1px solid var(--line) }
th:first-child, td:first-child { padding-left: 0 }
th.number { text-align: right }
td { vertical-align: baseline }
td.name { min-width: 150px; overflow-wrap: anywhere }
tfoot td { font-weight: 600; border-bottom: 0 }
td .zero { color: var(--soft) }
.picture-cell { width: 30% } td svg.share { display: block; width: 100%; min-width: 90px; height: 10px }
.share rect { fill: var(--slow) } .share .all { fill: var(--line) }
.is-slow { color: var(--slow) } .is-failed { color: var(--failed) }

details.trace { border-bottom: 1px solid var(--line) }
.traces { border-top: 1px solid var(--line); margin-top: 12px }
details.trace > summary { display: grid; grid-template-columns: 12px 84px minmax(150px, 1.1fr) minmax(170px, 1.6fr) 168px; gap: 2px 16px; align-items: baseline; padding: 9px 0; cursor: pointer; list-style: none; font-size: 14px }
summary::-webkit-details-marker { display: none }
summary::before { content: ""; width: 0; height: 0; border: 4.5px solid transparent; border-left: 6px solid var(--soft); border-right: 0; align-self: start; margin-top: 6px; justify-self: center; transition: transform .12s }
details[open] > summary::before { transform: rotate(90deg) }
details.trace > summary:hover, .span > summary:hover { background: var(--panel) }
details.trace > summary .ms { font-weight: 600; font-size: 15px }
.summary-side { color: var(--soft); font-size: 13px } .ids-of { display: block }
.body { padding: 2px 0 20px 32px }
.body .ids { font-size: 13px; color: var(--soft); margin-bottom: 8px; max-width: none; overflow-wrap: anywhere }
.waterfall { font-size: 13px }
.head, .span > summary { display: grid; grid-template-columns: 10px minmax(180px, 34%) minmax(120px, 1fr) 78px 78px; column-gap: 10px; align-items: center }
.head { color: var(--soft); border-bottom: 1px solid var(--line); padding: 0 6px 3px 0 }
.ticks { display: block; width: 100%; height: 18px; overflow: visible; font-variant-numeric: tabular-nums } .ticks text { fill: var(--soft) }
.span > summary { cursor: pointer; list-style: none; padding: 2px 6px 2px 0; min-height: 23px }
.span > summary::before { border-width: 3.5px; border-left-width: 4.5px; opacity: .7 }
.span .label { min-width: 0; overflow-wrap: anywhere; line-height: 1.3 }
.span.cause > summary { background: var(--mark) } .span.cause .self { font-weight: 650; color: var(--slow) }
.tag { display: inline-block; margin-left: 6px; padding: 0 5px; border: 1px solid currentColor; border-radius: 3px; font-size: 11px; line-height: 15px; vertical-align: 1px; white-space: nowrap }
.bar { display: block; width: 100%; height: 13px; overflow: visible }
.bar rect { fill: var(--fast) } .is-slow-span .bar rect { fill: var(--slow) } .is-failed-span .bar rect { fill: var(--failed) }
.bar line { stroke: var(--line) }
.details { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 14px; margin: 3px 0 9px 20px; padding: 8px 12px; background: var(--panel); border-radius: 4px; font-size: 12.5px }
.details dt { color: var(--soft) } .details dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
${INDENTS}
footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--line); font-size: 13px; color: var(--soft) }

@media (max-width: 760px) {
  main { padding: 24px 16px 48px } h1 { font-size: 24px } h2 { margin-top: 40px }
  .about { grid-template-columns: 1fr; gap: 0 } .about dd { margin-bottom: 6px }
  details.trace > summary { grid-template-columns: 12px 84px 1fr; gap: 0 10px }
  details.trace > summary .cause, details.trace > summary .when { grid-column: 2 / -1 }
  .body { padding-left: 0 }
  .head, .span > summary { grid-template-columns: 8px minmax(0, 1fr) 30% 62px; column-gap: 8px }
  .head .self, .span .self { display: none }
  .ticks text:not(:first-child):not(:last-child) { display: none }
}
@media (hover: none) { .u-legend { display: none } }
.printing .chart { width: 690px } .printing .uplot { zoom: .5 }
@page { margin: 12mm }
@media print {
  body { font-size: 10pt } main { max-width: none; padding: 0 }
  h1 { font-size: 18pt } h2 { font-size: 12.5pt; margin-top: 18pt; break-after: avoid }
  .hint-screen, .u-legend, summary::before, .head > :first-child { display: none }
  section.picture { break-inside: avoid } .hint, h2 { break-after: avoid } .tiles { grid-template-columns: repeat(7, auto); gap: 8pt; padding: 8pt 0 }
  .scroll { overflow: visible } table { font-size: 8pt } th { font-size: 7.5pt } th, td { padding: 3pt 0 3pt 7pt }
  td.name { min-width: 0 }
  tr, .tiles, .about, .chart, .span > summary { break-inside: avoid } thead { display: table-header-group }
  details.trace > summary { grid-template-columns: 62pt minmax(100pt, 1.1fr) minmax(110pt, 1.5fr) 108pt; font-size: 9pt; break-after: avoid; gap: 0 8pt }
  .body { padding: 0 0 10pt } .waterfall { font-size: 8pt } .body .ids { font-size: 8pt }
  .head, .span > summary { grid-template-columns: minmax(130pt, 36%) minmax(80pt, 1fr) 46pt 46pt; column-gap: 6pt }
  .span > summary { padding: 0; min-height: 0 } .bar { height: 8pt }
  .summary-side { font-size: 8pt } .tiles dd { font-size: 13pt } .tiles dt, .tiles small { font-size: 8pt } .hint, .about, .key { font-size: 8.5pt }
  a { color: inherit }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`;
