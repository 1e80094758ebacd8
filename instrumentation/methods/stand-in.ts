import { withRoomForFrames } from '../../src/tracing/room-for-frames.js';
import { hideOwnFrames } from '../../src/tracing/stack-of-error.js';
import type { Method } from '../wrap-method.js';

/** Makes the function that stands in for `original`; `key` is its name in a field. */
export type Wrap = (original: Method, key?: string) => Method;

/** Gives a function that stands in for another one what can be seen of that: name and length. Returns it. */
export function standIn(wrapped: Method, original: Method): Method {
  for (const key of ['name', 'length'] as const) {
    const value = original[key];
    if (wrapped[key] !== value) Object.defineProperty(wrapped, key, { value, configurable: true });
  }
  return wrapped;
}

/** What was noted of a method, as decorators do, is found by going up from what stands in for it. */
export function standInBelow(wrapped: Method, original: Method): Method {
  return Object.setPrototypeOf(standIn(wrapped, original), original) as Method;
}

interface Call {
  readonly original: Method;
  readonly self: unknown;
  readonly args: unknown[];
}

const AS_IT_IS = { run: ({ original, self, args }: Call): unknown => Reflect.apply(original, self, args) };

/** A call that is left alone: the function stands in the stack all the same. */
export function passThrough(original: Method, self: unknown, args: unknown[]): unknown {
  try {
    return withRoomForFrames(AS_IT_IS, { original, self, args });
  } catch (error) {
    hideOwnFrames(error);
    throw error;
  }
}

/** As by `new`; the stack of an error has none of our frames. */
export function construct(target: unknown, args: unknown[], newTarget: unknown): object {
  return passThrough(Reflect.construct as Method, undefined, [target, args, newTarget]) as object;
}
