/** Wakes whoever waits for something to have changed. */
export interface Changed {
  /** Resolves at the next `notify`, or after so many ms. */
  next(timeoutMs?: number): Promise<void>;
  notify(): void;
}

/** Makes one, with nobody waiting. */
export function createChanged(): Changed {
  let waiting = new Set<() => void>();
  return {
    next: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
        function wake(): void {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        waiting.add(wake);
      }),
    notify() {
      const woken = waiting;
      waiting = new Set();
      for (const wake of woken) wake();
    },
  };
}
