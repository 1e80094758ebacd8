/** Wakes whoever waits for something to have changed. */
export interface Changed {
  /** Resolves at the next `notify`. */
  readonly next: () => Promise<void>;
  readonly notify: () => void;
}

/** Makes one, with nobody waiting. */
export function createChanged(): Changed {
  let waiting: (() => void)[] = [];
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    notify: () => {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
  };
}
