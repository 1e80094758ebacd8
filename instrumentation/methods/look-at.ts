function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
  } catch {
    return false;
  }
}

/** Calls `look` with what a call returned, of a promise with what it resolves to, and passes that on. `look` must not throw. */
export function lookAt(result: unknown, look: (value: unknown) => void): unknown {
  if (!isThenable(result)) {
    look(result);
    return result;
  }
  return Promise.resolve(result).then((value) => {
    look(value);
    return value;
  });
}
