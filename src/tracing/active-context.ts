import { type Context, type ContextManager, context } from '@opentelemetry/api';

/** A context manager of our making. */
export interface OwnContexts extends ContextManager {
  /** `with` of a function that takes two arguments: what is called for every step had better not spread and gather them on its way. */
  withTwo<A, B, T>(of: Context, run: (a: A, b: B) => T, a: A, b: B): T;
}

/** What keeps the contexts of this process, where that is of our making. */
let own: OwnContexts | undefined;

/** To be called with what is registered with the API as the context manager, and with undefined when that ends. */
export function setOwnContexts(manager: OwnContexts | undefined): void {
  own = manager;
}

/** `context.active()` of the API, which looks for what is registered at every call, and costs several times what it finds. */
export function activeContext(): Context {
  return own ? own.active() : context.active();
}

/** `context.with(of, run, undefined, a, b)` of the API. */
export function withContext<A, B, T>(of: Context, run: (a: A, b: B) => T, a: A, b: B): T {
  return own ? own.withTwo(of, run, a, b) : context.with(of, run, undefined, a, b);
}
