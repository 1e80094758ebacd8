import { type Context, type ContextManager, context } from '@opentelemetry/api';

/** What keeps the contexts of this process, where that is of our making. */
let own: ContextManager | undefined;

/** To be called with what is registered with the API as the context manager, and with undefined when that ends. */
export function setOwnContexts(manager: ContextManager | undefined): void {
  own = manager;
}

/** `context.active()` of the API, which looks for what is registered at every call, and costs several times what it finds. */
export function activeContext(): Context {
  return own ? own.active() : context.active();
}

/** `context.with(of, run, undefined, ...args)` of the API. */
export function withContext<A extends unknown[], T>(of: Context, run: (...args: A) => T, ...args: A): T {
  return own ? own.with(of, run, undefined, ...args) : context.with(of, run, undefined, ...args);
}
