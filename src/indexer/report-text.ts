import type { RunReport } from './run/report.js';

const number = new Intl.NumberFormat('en-US');

/** The end of a run, for people: a line a figure. */
export function reportText(report: RunReport): string {
  const rows: [name: string, figure: string, note: string][] = [
    ['events', number.format(report.events), ''],
    ['donations', number.format(report.donations), ''],
    ['ignored', number.format(report.ignored), 'of kinds that are not handled'],
    ['skipped', number.format(report.skipped), 'processed before'],
    ['failed', number.format(report.failed), report.failed > 0 ? 'kept in failed_events; see "retry"' : ''],
    ['seconds', report.seconds.toFixed(1), ''],
  ];
  const width = Math.max(...rows.map(([, figure]) => figure.length));
  return rows
    .map(([name, figure, note]) => `  ${name.padEnd(10)} ${figure.padStart(width)}  ${note}`.trimEnd())
    .join('\n');
}
