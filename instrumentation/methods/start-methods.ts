import { createRequire } from 'node:module';
import type { MethodRow, MethodTable } from '../../src/tracing/method-table.js';
import type { RowReport, SetUpReport } from '../../src/tracing/set-up-report.js';
import type { SetUp } from '../doctor/set-up.js';
import { packagesOfApplication } from './application.js';
import { grantsStackIndexerV2 } from './grants-stack-indexer-v2.js';
import { listenToRows } from './guarded.js';
import { hookFiles } from './hook-files.js';
import { loadTable } from './load-table.js';
import type { NamedExports } from './named-exports.js';
import { patchExports } from './patch-exports.js';
import { withSlashes } from './path-of-url.js';
import { idOf } from './wrap-row.js';

export interface MethodsOptions {
  /** The path of a table of the user's own. */
  readonly table: string | undefined;
  /** What the tables come to is told there. */
  readonly setUp: SetUp;
  readonly warn: (line: string) => void;
  readonly debug: (line: string) => void;
  /** Called when methods of an application that we know are wrapped, unless there is a table of the user's own. More than once. */
  readonly onKnownApplication: () => void;
}

/** An application that we have a table for, told by the name of a package that its program belongs to. */
interface KnownApplication {
  readonly name: string;
  readonly packages: RegExp;
  readonly table: MethodTable;
}

const KNOWN: readonly KnownApplication[] = [
  {
    name: 'grants-stack-indexer-v2',
    packages: /^@?grants-stack-indexer(\/|$)/,
    table: grantsStackIndexerV2,
  },
];

const UNSEEN_IMPORTS = `Node ${process.version} does not let ES modules be seen as they are loaded where more than this preload is required before the application (--require), so their methods are not traced; take Node 20, 22.22.3 or later, or 24.11.1 or later`;

interface Row {
  readonly row: MethodRow;
  readonly report: RowReport;
}

function rowsOf(table: MethodTable, name: string): Row[] {
  return table.map((row) => ({
    row,
    report: { table: name, row: idOf(row), kind: row.as ?? 'step', status: 'waiting' },
  }));
}

function collectRows({ table, warn }: MethodsOptions, report: SetUpReport): Row[] {
  const packages = packagesOfApplication(process.argv[1], process.cwd());
  const known = KNOWN.filter((application) => packages.some((name) => application.packages.test(name)));
  const rows = known.flatMap((application) => rowsOf(application.table, application.name));
  report.tables.push(...known.map((application) => application.name));
  if (table === undefined) return rows;
  const loaded = loadTable(table);
  if ('problem' in loaded) {
    const problem = `GRANTS_OTEL_METHODS=${JSON.stringify(table)} is no method table: ${loaded.problem}; its rows are left out`;
    report.problems.push(problem);
    warn(problem);
    return rows;
  }
  for (const remark of loaded.remarks) {
    const problem = `GRANTS_OTEL_METHODS=${JSON.stringify(table)}: ${remark}`;
    report.problems.push(problem);
    warn(problem);
  }
  report.tables.push(table);
  // In this order: where both name the same method, the user's goes around ours.
  return [...rows, ...rowsOf(loaded.table, table)];
}

/** What was there before the preload: `--require` puts it behind what stands before it on the command line. */
function loadedBefore(files: readonly string[]): string[] {
  const require = createRequire(import.meta.url);
  const isSought = (path: string): boolean =>
    path.includes('/node_modules/pg/lib/') || files.some((file) => path.endsWith(file));
  return Object.keys(require.cache).map(withSlashes).filter(isSought);
}

/** Returns whether a row matched. */
function patch(
  rows: readonly Row[],
  of: { path: string; exports: NamedExports },
  { debug, setUp }: MethodsOptions,
): boolean {
  let isMatched = false;
  for (const { row, report } of rows) {
    if (!of.path.endsWith(row.file)) continue;
    const refuse = (reason: string): void => {
      report.reason = reason;
      if (report.status === 'no match') return;
      report.status = 'no match';
      debug(`methods: the row ${report.row} matches nothing in ${of.path}: ${reason}`);
    };
    const reason = patchExports(of.exports.holderOf(row), row, (refusal) => {
      if (refusal === undefined) {
        report.status = 'matched';
        delete report.reason;
      } else refuse(refusal);
      setUp.write();
    });
    report.file = of.path;
    if (reason === undefined) {
      report.status = 'matched';
      isMatched = true;
    } else if (report.status !== 'matched') refuse(reason);
  }
  return isMatched;
}

/** Counts the events that rows tell of; the report is written anew when a row tells of the first, or of none for the first time. */
function noteEventsOf(rows: readonly Row[], { write }: SetUp): (row: string, isTold: boolean) => void {
  const callsOf = new Map<string, NonNullable<RowReport['calls']>>();
  for (const { report } of rows) {
    if (report.kind !== 'event' && report.kind !== 'next') continue;
    report.calls = { told: 0, untold: 0 };
    callsOf.set(report.row, report.calls);
  }
  return (row, isTold) => {
    const calls = callsOf.get(row);
    if (calls && ++calls[isTold ? 'told' : 'untold'] === 1) write();
  };
}

/** Says which rows have had no file, at the end of a process. */
function sayWaiting(rows: readonly Row[], debug: (line: string) => void): void {
  for (const { report } of rows) {
    if (report.status === 'waiting')
      debug(`methods: the row ${report.row} matches nothing: no such file was loaded`);
  }
}

/**
 * Wraps what the method tables name, as the application loads it: the table of an application that we know, and the user's own. Without
 * either it does nothing, and costs nothing. Returns what is to be called at the end of the process. Never throws.
 */
export function startMethods(options: MethodsOptions): () => void {
  const { table, setUp, debug, warn, onKnownApplication } = options;
  let rows: readonly Row[] = [];
  const { report } = setUp;
  const complain = (problem: string): void => {
    report.problems.push(problem);
    warn(problem);
  };
  try {
    rows = collectRows(options, report);
    report.rows.push(...rows.map((row) => row.report));
    listenToRows({
      onFailure: (id, failure) => {
        const failed = rows.find(({ report: of }) => of.row === id && of.table === table)?.report;
        if (!failed || isToldOf(failed, failure)) return;
        failed.failures = [...(failed.failures ?? []), failure];
        setUp.write();
      },
      onEvent: noteEventsOf(rows, setUp),
    });
    const namesByFile = new Map<string, Set<string>>();
    for (const { row } of rows)
      namesByFile.set(row.file, (namesByFile.get(row.file) ?? new Set()).add(row.export));
    report.loadedBefore.push(...loadedBefore([...namesByFile.keys()]));
    if (namesByFile.size > 0) {
      const seesImports = hookFiles({
        namesByFile,
        onLoaded: (path, exports) => {
          if (patch(rows, { path, exports }, options) && table === undefined) onKnownApplication();
          setUp.write();
        },
      });
      if (!seesImports) complain(UNSEEN_IMPORTS);
    }
  } catch (error) {
    complain(`methods cannot be wrapped: ${String((error as Error)?.message ?? error)}`);
  }
  setUp.write();
  return () => {
    sayWaiting(rows, debug);
    rows = [];
  };
}

/** Whether a failure of the same function of a row is told: it begins with what the row calls that. */
function isToldOf({ failures = [] }: RowReport, failure: string): boolean {
  const [part] = failure.split(' ', 1);
  return failures.some((told) => told.startsWith(`${part} `));
}
