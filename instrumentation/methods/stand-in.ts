import type { Method } from '../wrap-method.js';

/** Makes the function that stands in for `original`; `key` is its name in a field. */
export type Wrap = (original: Method, key?: string) => Method;

/** Gives a function that stands in for another one what can be seen of that: name and length. Returns it. */
export function standIn(wrapped: Method, original: Method): Method {
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, key, { value: original[key], configurable: true });
  }
  return wrapped;
}
