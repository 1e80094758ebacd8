import { SourceError } from '../trace-source.js';

/** Faults of one file that are told one by one; the rest is counted. */
const MAX_TOLD = 3;

export interface Fault {
  /** Counted from 1, from where reading began. */
  readonly line: number;
  readonly what: string;
}

/** What the Collector's file exporter writes beside traces. */
export type OtherSignal = 'logs' | 'metrics' | 'profiles';

/** How reading lines went, in plain data. */
export interface ReadingReport {
  /** Lines that were read, or passed over. */
  lineCount: number;
  /** Lines, or other pieces of JSON, that hold traces, be it none. */
  tracesCount: number;
  /** Lines that hold nothing that is known, but for a last one without its end. */
  refusedCount: number;
  /** Lines, or other pieces of JSON, of which spans are lost: they begin as traces do, and are cut off or damaged. */
  damagedCount: number;
  /** Whether there is anything but white space. */
  hasContent: boolean;
  faultCount: number;
  /** The first of them. */
  readonly faults: Fault[];
  readonly others: Record<OtherSignal, number>;
}

export function createReport(): ReadingReport {
  return {
    lineCount: 0,
    tracesCount: 0,
    refusedCount: 0,
    damagedCount: 0,
    hasContent: false,
    faultCount: 0,
    faults: [],
    others: { logs: 0, metrics: 0, profiles: 0 },
  };
}

/** Notes a fault of the line that is being read, which `lineCount` counts already. */
export function addFault(report: ReadingReport, what: string): void {
  report.faultCount++;
  if (report.faults.length < MAX_TOLD) report.faults.push({ line: report.lineCount, what });
}

/** Notes that spans are lost of the line that is being read. */
export function addDamage(report: ReadingReport, what: string): void {
  report.damagedCount++;
  addFault(report, what);
}

/** The report of a file that was read in parts, which are given in the order of the file. */
export function joinReports(parts: readonly ReadingReport[]): ReadingReport {
  const all = createReport();
  for (const part of parts) {
    const told = part.faults.map(({ line, what }) => ({ line: all.lineCount + line, what }));
    all.faults.push(...told.slice(0, MAX_TOLD - all.faults.length));
    all.lineCount += part.lineCount;
    all.tracesCount += part.tracesCount;
    all.refusedCount += part.refusedCount;
    all.damagedCount += part.damagedCount;
    all.hasContent ||= part.hasContent;
    all.faultCount += part.faultCount;
    for (const signal of ['logs', 'metrics', 'profiles'] as const) all.others[signal] += part.others[signal];
  }
  return all;
}

function others({ others: counts }: ReadingReport): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([signal, count]) => `${count} of ${signal}`)
    .join(', ');
}

/** Tells what was skipped. */
export function tellReport(label: string, report: ReadingReport, onNote: (line: string) => void): void {
  for (const { line, what } of report.faults) onNote(`${label}, line ${line}: ${what}; skipped`);
  const more = report.faultCount - report.faults.length;
  if (more > 0) onNote(`${label}: ${more} more like these skipped`);
  if (!report.hasContent) onNote(`${label} is empty`);
  const skipped = others(report);
  if (skipped !== '' && report.tracesCount > 0)
    onNote(`${label}: lines that hold no traces skipped: ${skipped}`);
}

/** Throws a SourceError where a part of a file that was read to its end is lost. */
export function refuseDamage(label: string, { damagedCount }: ReadingReport): void {
  if (damagedCount === 0) return;
  const damaged = damagedCount === 1 ? '1 line is' : `${damagedCount} lines are`;
  throw new SourceError('IN_PART', `${label}: ${damaged} cut off or damaged; what else there is is answered`);
}

/** Throws a SourceError where a file that was read to its end has nothing of a trace file. */
export function refuseOtherFiles(label: string, report: ReadingReport): void {
  if (report.tracesCount > 0) return;
  const skipped = others(report);
  if (skipped !== '') {
    throw new SourceError('UNREADABLE', `${label} holds no traces, but lines of other signals: ${skipped}`);
  }
  if (report.refusedCount > 0) {
    throw new SourceError(
      'UNREADABLE',
      `${label} is no trace file: expected {"resourceSpans":[…]} on each line, found none`,
    );
  }
}
