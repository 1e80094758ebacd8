import {
  context,
  diag,
  ProxyTracerProvider,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { removeSharedApi, sharedApi, watchSharedApi } from './shared-api.js';
import { SwitchableProvider } from './switchable-provider.js';

/** Whether a tracer provider is registered, by any copy of the API. */
export function isSdkRegistered(): boolean {
  return sharedApi()?.trace !== undefined;
}

type Register = (what: unknown) => boolean;

/** Calls `first` whenever a method of an object is called. */
function before(object: object, name: string, first: () => void): void {
  const methods = object as Record<string, Register>;
  const method = methods[name];
  if (!method) return;
  methods[name] = (what) => {
    first();
    return method.call(object, what);
  };
}

/**
 * Sees that the application registers an SDK of its own after ours, by our copy of `@opentelemetry/api` or by another, and calls `giveWay` before
 * that is done, once. Tracers that were handed out are the other SDK's then.
 */
export function onOtherSdk(giveWay: () => void): void {
  const proxy = trace.getTracerProvider();
  if (!(proxy instanceof ProxyTracerProvider)) return;
  const provider = new SwitchableProvider(proxy.getDelegate());
  proxy.setDelegate(provider);
  let isThere = true;
  const give = (): void => {
    if (!isThere) return;
    isThere = false;
    stopWatching();
    try {
      giveWay();
    } catch {
      // What of ours cannot be taken back must not keep the application from registering its own.
    }
    // It is not registered yet; a tracer is asked for when it has to make a span.
    const current: TracerProvider = { getTracer: (...of) => trace.getTracerProvider().getTracer(...of) };
    provider.switchTo(current);
  };
  const stopWatching = watchSharedApi(give);
  // Our own copy gets what it registers ready before it looks whether it may.
  before(trace, 'setGlobalTracerProvider', give);
  before(context, 'setGlobalContextManager', give);
}

/** Takes back all that is registered by us, so that another SDK, of another version perhaps, finds nothing. */
export function unregisterOurs(ourLogger: unknown): void {
  trace.disable();
  context.disable();
  propagation.disable();
  // The application may have put a logger of its own in the place of ours.
  if (registeredLogger() === ourLogger) diag.disable();
  const rest = sharedApi();
  // The first to register decides which version all others must be of.
  if (rest && Object.keys(rest).every((key) => key === 'version')) removeSharedApi();
}

/** What is registered as the logger of the API; for `unregisterOurs`. */
export function registeredLogger(): unknown {
  return sharedApi()?.diag;
}
