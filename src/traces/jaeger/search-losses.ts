import type { DialectAnswer } from './jaeger-dialects.js';
import type { Window } from './window-plan.js';

/** Keeps count of what could not be had of a question's answers, for the lines at its end. */
export function createSearchLosses(onNote: (line: string) => void) {
  const partial = new Set<string>();
  let faultCount = 0;
  let cutCount = 0;
  let cutAt = 0;
  let tooLargeCount = 0;
  let isAstray = false;
  let unsearchedBefore: number | undefined;
  return {
    /** What an answer says of itself. */
    add({ error, faults }: DialectAnswer): void {
      faultCount += faults.length;
      if (error !== undefined) partial.add(error.split('\n', 1)[0] ?? '');
    },
    /** A window that cannot be divided had more traces than one answer holds. */
    addCut(maxTraces: number): void {
      cutCount++;
      cutAt = maxTraces;
    },
    /** A window that cannot be divided had an answer too large to be taken. */
    addTooLarge(): void {
      tooLargeCount++;
    },
    /** An answer was cut, and dividing its window is of no use: the times asked for are not kept to. */
    addAstray(): void {
      isAstray = true;
    },
    /** What was not searched any more. */
    addUnsearched(windows: readonly Window[]): void {
      if (windows.length > 0) unsearchedBefore = Math.max(...windows.map(({ toUnixMs }) => toUnixMs));
    },
    tell(): void {
      for (const error of partial) onNote(`answered in part: ${error}`);
      if (faultCount > 0) onNote(`${faultCount} spans of the answer could not be read; skipped`);
      if (cutCount > 0)
        onNote(
          `${cutCount} times a single ms had more traces than Jaeger gives at once (${cutAt}); the rest is left out`,
        );
      if (tooLargeCount > 0)
        onNote(`${tooLargeCount} times a single ms had more bytes of traces than can be taken; left out`);
      if (isAstray)
        onNote(
          'it takes no notice of the times asked for, so that what does not fit into an answer is left out',
        );
      if (unsearchedBefore !== undefined) {
        const before = new Date(unsearchedBefore).toISOString();
        onNote(`too many traces to fetch: those before ${before} are left out; ask for less (--since)`);
      }
    },
  };
}
