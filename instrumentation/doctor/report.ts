import { renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SET_UP_FOLDER_VARIABLE, type SetUpReport } from '../../src/tracing/set-up-report.js';
import type { TracingConfig } from '../config.js';
import { ADDED_BY_DOCTOR, PROCESSORS_MADE } from '../process-marks.js';

/** The report on this process. */
export interface WrittenReport {
  readonly report: SetUpReport;
  /** Writes the report as it is now, if somebody asked for it. Never throws. */
  write(): void;
}

function variablesOf(env: TracingConfig['env']): Record<string, string> {
  const isShown = (name: string): boolean =>
    /^(OTEL|GRANTS_OTEL)_/.test(name) && name !== SET_UP_FOLDER_VARIABLE;
  const ours = Object.entries(env).filter(([name]) => isShown(name));
  return Object.fromEntries(ours.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The report on this process before anything was started; written at once. */
export function createReport({ doctorFolder, env, problems, settings }: TracingConfig): WrittenReport {
  const { traceFile } = settings;
  const report: SetUpReport = {
    pid: process.pid,
    startedUnixMs: Date.now(),
    program: process.argv[1],
    node: process.version,
    isPreloaded: !(ADDED_BY_DOCTOR in globalThis),
    isLoadedByApplication: false,
    tracing: 'failed',
    hasProcessors: false,
    hasRefusedSdk: false,
    environment: doctorFolder === undefined ? {} : variablesOf(env),
    traceFile: traceFile === undefined ? undefined : resolve(traceFile),
    tables: [],
    rows: [],
    loadedBefore: [],
    problems: [...problems],
    spanCount: 0,
    eventCount: 0,
    eventsWithoutChain: 0,
    eventsWithoutName: 0,
    refusedAttributes: [],
    misspeltAttributes: [],
  };
  const write = (): void => {
    if (doctorFolder === undefined) return;
    report.hasProcessors = PROCESSORS_MADE in globalThis;
    const file = join(doctorFolder, `${process.pid}.json`);
    try {
      // Whole or not at all: the process can be killed at any moment.
      writeFileSync(`${file}.part`, JSON.stringify(report));
      renameSync(`${file}.part`, file);
    } catch {
      // Whoever asked for it will see that it is not there.
    }
  };
  write();
  return { report, write };
}
