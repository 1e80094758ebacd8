/** A span of time, in whole ms since 1970. */
export interface Window {
  readonly fromUnixMs: number;
  readonly toUnixMs: number;
}

/** Windows grow by so much at a time: what lies before may be denser than what was seen. */
const MAX_GROWTH = 4;

/** A window that is still to be searched; one that was measured is not cut further. */
interface Planned extends Window {
  readonly isMeasured: boolean;
}

function widthOf({ fromUnixMs, toUnixMs }: Window): number {
  return toUnixMs - fromUnixMs;
}

/**
 * Divides a span of time into windows, newest first, each as wide as the answers so far say that it may be. Windows that follow each other
 * share a boundary: a span may begin between two whole ms.
 */
export function createWindowPlan(whole: Window) {
  const planned: Planned[] = [{ ...whole, isMeasured: true }];
  let width = Math.max(1, widthOf(whole));

  const plan = (fromUnixMs: number, toUnixMs: number, isMeasured: boolean): void => {
    if (toUnixMs > fromUnixMs) planned.push({ fromUnixMs, toUnixMs, isMeasured });
  };

  return {
    /** The next window to search, or undefined where all are done. */
    next(): Window | undefined {
      const next = planned.pop();
      if (next === undefined) return undefined;
      const { fromUnixMs, toUnixMs, isMeasured } = next;
      if (isMeasured || widthOf(next) <= width * 1.5) return { fromUnixMs, toUnixMs };
      plan(fromUnixMs, toUnixMs - width, false);
      return { fromUnixMs: toUnixMs - width, toUnixMs };
    },
    /** A window gave all that it has; `fullness` is how much that was, 1 being as much as is wanted at once. */
    isDone(window: Window, fullness: number): void {
      const wanted = widthOf(window) / Math.max(fullness, 1 / MAX_GROWTH);
      width = Math.max(1, Math.floor(Math.max(width / 2, Math.min(wanted, width * MAX_GROWTH))));
    },
    /**
     * A window had more than an answer holds. Where it seems that its newest part, back to `seenFromUnixMs`, would fit, that comes next;
     * otherwise its newer half. False where it cannot be divided.
     */
    isCut(window: Window, seenFromUnixMs: number, seenToUnixMs: number): boolean {
      const { fromUnixMs, toUnixMs } = window;
      if (widthOf(window) <= 1) return false;
      const middle = Math.ceil((fromUnixMs + toUnixMs) / 2);
      const at = Math.min(Math.max(Math.floor(seenFromUnixMs), middle), toUnixMs - 1);
      width = Math.max(1, Math.min(Math.ceil(seenToUnixMs - at), toUnixMs - at));
      plan(fromUnixMs, at, false);
      plan(at, toUnixMs, true);
      return true;
    },
    /** What is not searched yet, to its newest moment. */
    remaining: (): readonly Window[] => planned,
  };
}
