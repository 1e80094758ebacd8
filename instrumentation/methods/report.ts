import { writeFileSync } from 'node:fs';

/** What became of one row. */
export interface RowReport {
  readonly table: string;
  /** `/data-flow/dist/src/orchestrator.js Orchestrator.handleEvent` */
  readonly row: string;
  /** `waiting` until its file is loaded. */
  status: 'waiting' | 'matched' | 'no match';
  /** The file that it was sought in. */
  file?: string;
  /** What was not found there. */
  reason?: string;
}

/** What the method tables came to, for somebody who looks into a set-up. */
export interface MethodsReport {
  readonly tables: string[];
  readonly rows: RowReport[];
  /** Files of a row, and `pg`'s, that were loaded before the preload could see them. */
  readonly loadedBefore: string[];
  readonly problems: string[];
}

/** An empty report. */
export function createReport(): MethodsReport {
  return { tables: [], rows: [], loadedBefore: [], problems: [] };
}

/**
 * Writes the report, as JSON, into the file that the variable `GRANTS_OTEL_METHODS_REPORT` names: at the start, and again after each file in
 * which rows were sought. It is how a command that starts an application learns what was wrapped in it; not for people, who have `OTEL_LOG_LEVEL=debug`.
 */
export function writeReport(report: MethodsReport, file: string | undefined): void {
  if (file === undefined) return;
  try {
    writeFileSync(file, `${JSON.stringify(report)}\n`);
  } catch {
    // Whoever asked for it will see that it is not there.
  }
}
