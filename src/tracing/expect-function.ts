/** What a value is, for an error that says what was found. */
export function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/**
 * Throws a TypeError where what `caller` is to run is no function, as from where there are no types: a promise of a call that was made already, most
 * often. Its stack begins where `caller` was called.
 */
export function expectFunction(run: unknown, caller: (of: never, run: never) => unknown): void {
  if (typeof run === 'function') return;
  const { name } = caller;
  const found = run instanceof Promise ? 'a promise' : kindOf(run);
  const error = new TypeError(
    `${name}: expected what it runs to be a function, as in ${name}(…, () => …), found ${found}`,
  );
  Error.captureStackTrace(error, caller);
  throw error;
}
