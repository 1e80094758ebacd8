/** A span of time, in whole ms since 1970. */
export interface Window {
  readonly fromUnixMs: number;
  readonly toUnixMs: number;
}

/** Windows grow by so much at a time: what lies before may be denser than what was seen. */
const MAX_GROWTH = 4;

/** A window to search; one that was measured is not cut further before. */
export interface Planned extends Window {
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
    next(): Planned | undefined {
      const next = planned.pop();
      if (next === undefined || next.isMeasured || widthOf(next) <= width * 1.5) return next;
      const { fromUnixMs, toUnixMs } = next;
      plan(fromUnixMs, toUnixMs - width, false);
      return { fromUnixMs: toUnixMs - width, toUnixMs, isMeasured: false };
    },
    /**
     * A window gave all that it has; `fullness` is how much that was, 1 being as much as is wanted at once. A measured window may lie in a
     * gap, and a narrow one tells little: neither makes the others wider.
     */
    isDone(window: Planned, fullness: number): void {
      const wanted = Math.max(1, Math.floor(widthOf(window) / Math.max(fullness, 1 / MAX_GROWTH)));
      const mayGrow = !window.isMeasured && widthOf(window) * 2 >= width;
      if (wanted < width ? fullness > 0 : mayGrow) width = Math.min(wanted, width * MAX_GROWTH);
    },
    /**
     * A window had more than an answer holds. Where what is wanted next seems to lie close together, from `seenFromUnixMs` to
     * `seenToUnixMs`, that becomes a window of its own, as does what is after it; otherwise it is halved. False where it cannot be divided.
     */
    isCut(window: Window, seenFromUnixMs: number, seenToUnixMs: number): boolean {
      const { fromUnixMs, toUnixMs } = window;
      if (widthOf(window) <= 1) return false;
      const middle = Math.ceil((fromUnixMs + toUnixMs) / 2);
      const from = Math.max(fromUnixMs, Math.min(Math.floor(seenFromUnixMs), toUnixMs - 1));
      const to = Math.min(toUnixMs, Math.max(Math.ceil(seenToUnixMs), from + 1));
      const isClose = (to - from) * 2 <= widthOf(window);
      width = isClose ? to - from : toUnixMs - middle;
      plan(fromUnixMs, isClose ? from : middle, false);
      plan(isClose ? from : middle, isClose ? to : toUnixMs, true);
      if (isClose) plan(to, toUnixMs, true);
      return true;
    },
    /** A window is to be searched once more, next. */
    again(window: Planned): void {
      planned.push({ ...window, isMeasured: true });
    },
    /** What is not searched yet, to its newest moment. */
    remaining: (): readonly Window[] => planned,
  };
}
