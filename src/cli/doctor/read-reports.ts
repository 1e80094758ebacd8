import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetUpReport } from '../../tracing/set-up-report.js';

/** The reports of a folder; those that were not written to their end are left out. */
export async function readReports(folder: string): Promise<SetUpReport[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map((text) => JSON.parse(text) as SetUpReport);
}

/** Whether the preload is there without `grants-otel doctor`. */
export function hasPreload({ isPreloaded, isLoadedByApplication }: SetUpReport): boolean {
  return isPreloaded || isLoadedByApplication;
}

function matchedCount({ rows }: SetUpReport): number {
  return rows.filter(({ status }) => status === 'matched').length;
}

/**
 * Of the processes of a command first the one that is the application, not a tool that started it: one that was started with the preload before
 * others, then the one with the most matched rows, with `pg`, with the most spans, the last to start.
 */
export function applicationFirst(reports: readonly SetUpReport[]): SetUpReport[] {
  const merits = (report: SetUpReport): number[] => [
    Number(hasPreload(report)),
    matchedCount(report),
    Number(report.pg !== undefined),
    report.spanCount,
    report.startedUnixMs,
    report.pid,
  ];
  const compare = (one: SetUpReport, other: SetUpReport): number => {
    const others = merits(other);
    return (
      merits(one)
        .map((merit, at) => (others[at] ?? 0) - merit)
        .find((difference) => difference !== 0) ?? 0
    );
  };
  return [...reports].sort(compare);
}
