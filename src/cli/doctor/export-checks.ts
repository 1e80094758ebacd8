import { statSync } from 'node:fs';
import type { SetUpReport } from '../../tracing/set-up-report.js';
import { VARIABLES } from '../../tracing/variables.js';
import { checkExport } from '../otlp-check.js';
import type { Check } from './check.js';
import type { Ended } from './run-application.js';

/** Longest wait for an answer. */
const TIMEOUT_MS = 3000;

/** Whether somebody takes traces where they are sent. Never throws. */
export async function checkEndpoint({ environment }: SetUpReport): Promise<Check> {
  const { what, url, answers, isNeeded, found, todo } = await checkExport(environment, TIMEOUT_MS);
  const state = answers ? 'ok' : isNeeded ? 'wrong' : 'note';
  return { check: what, state, found: `${url} ${found}`, ...(todo === undefined ? {} : { todo }) };
}

/** The clock by which a file system tells of changes is a little behind. */
const MOST_BEHIND_MS = 1000;

/** Whether something has been written there since; what is no file, a pipe say, does not tell. */
function isWritten({ traceFile = '', startedUnixMs }: SetUpReport): boolean {
  try {
    const stats = statSync(traceFile);
    if (stats.isDirectory()) return false;
    return !stats.isFile() || stats.mtimeMs >= startedUnixMs - MOST_BEHIND_MS;
  } catch {
    // Not there, or not to be looked at.
    return false;
  }
}

/** Whether the trace file, where one is asked for, is written: it is with the first batch. */
export function checkTraceFile(report: SetUpReport, { code }: Ended): Check[] {
  const { traceFile, eventCount, environment } = report;
  if (traceFile === undefined) return [];
  const check = 'trace file';
  if (isWritten(report)) return [{ check, state: 'ok', found: traceFile }];
  const isThinnedOut = environment[VARIABLES.keepRatio.name] !== undefined;
  if (eventCount === 0 || isThinnedOut || code === null)
    return [{ check, state: 'note', found: `${traceFile}, nothing written` }];
  const found = `${traceFile} was not written; a line above says why`;
  return [
    {
      check,
      state: 'wrong',
      found,
      todo: `have ${VARIABLES.traceFile.name} name a file that can be written`,
    },
  ];
}
