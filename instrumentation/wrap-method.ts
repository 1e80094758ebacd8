export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A class of a module that is being instrumented. */
export interface Patchable {
  readonly prototype: Record<string, Method | undefined>;
}

/**
 * Puts `wrap` around a method where there is one. Not the base class's `_wrap`: that takes off what another instrumentation has put around
 * the same method, and its spans with it.
 */
export function wrapMethod(
  of: Patchable | undefined,
  name: string,
  wrap: (original: Method) => Method,
): void {
  const prototype = of?.prototype;
  const original = prototype?.[name];
  if (prototype && typeof original === 'function') prototype[name] = wrap(original);
}
