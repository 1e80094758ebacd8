import { createIdSet } from '../id-set.js';
import { wordsFromHex } from '../id-words.js';
import type { Rest } from './full-answer.js';
import type { DialectAnswer } from './jaeger-dialects.js';
import type { Window } from './window-plan.js';

/** Whom to tell at the end, a line each. */
export interface Told {
  /** Told of what was skipped, and of what may be missing. */
  readonly onNote: (line: string) => void;
  /** Told of what is known to be missing. */
  readonly onLoss: (line: string) => void;
}

function moments(count: number): string {
  return count === 1 ? 'a single ms' : `each of ${count} single ms`;
}

/** Keeps count of what could not be had of a question's answers, for the lines at its end. */
export function createSearchLosses({ onNote, onLoss }: Told) {
  const partial = new Set<string>();
  let faultCount = 0;
  const full = new Map<number, string[]>();
  const readIds = createIdSet(4);
  const words = new Uint32Array(4);
  let fullAt = 0;
  let tooLargeCount = 0;
  let isAstray = false;
  let unsearchedBefore: number | undefined;
  const wordsOf = (traceId: string): Uint32Array => {
    wordsFromHex(traceId, words, 0);
    return words;
  };
  return {
    /** What an answer says of itself. */
    add({ error, faults, spans }: DialectAnswer): void {
      for (const { traceId } of spans) readIds.add(wordsOf(traceId));
      faultCount += faults.length;
      if (error !== undefined) partial.add(error.split('\n', 1)[0] ?? '');
    },
    /** A window that cannot be divided, around a moment, had as many traces as one answer holds, or more. Several windows have one moment. */
    addFull(unixMs: number, maxTraces: number, { mayBeMore, traceIds }: Rest): void {
      // One window being whole says nothing of the others.
      if (!mayBeMore) return;
      fullAt = maxTraces;
      full.set(unixMs, [...(full.get(unixMs) ?? []), ...traceIds.filter((id) => !readIds.has(wordsOf(id)))]);
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
    /** `isEnd` says whether all was asked: what an answer left out can come in another, as it has spans of other times too. */
    tell(isEnd: boolean): void {
      const isLost = (traceIds: readonly string[]): boolean =>
        isEnd && traceIds.some((id) => !readIds.has(wordsOf(id)));
      for (const error of partial) onLoss(`answered in part: ${error}`);
      if (faultCount > 0) onNote(`${faultCount} spans of the answer could not be read; skipped`);
      const cut = [...full.values()].filter(isLost).length;
      const doubtful = full.size - cut;
      if (cut > 0)
        onLoss(`${moments(cut)} had more traces than Jaeger gives at once (${fullAt}); the rest is left out`);
      if (doubtful > 0)
        onNote(
          `${moments(doubtful)} had as many traces as Jaeger gives at once (${fullAt}); more may be left out`,
        );
      if (tooLargeCount > 0)
        onLoss(`${tooLargeCount} times a single ms had more bytes of traces than can be taken; left out`);
      if (isAstray)
        onLoss(
          'it takes no notice of the times asked for, so that what does not fit into an answer is left out',
        );
      if (unsearchedBefore !== undefined) {
        const before = new Date(unsearchedBefore).toISOString();
        onLoss(`too many traces to fetch: those before ${before} are left out; ask for less (--since)`);
      }
    },
  };
}
