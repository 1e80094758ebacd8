import {
  context,
  diag,
  ProxyTracerProvider,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { removeSharedApi, type SharedApi, sharedApi, watchSharedApi } from './shared-api.js';
import { SwitchableProvider } from './switchable-provider.js';

/** Whether a tracer provider is registered, by any copy of the API. */
export function isSdkRegistered(): boolean {
  return sharedApi()?.trace !== undefined;
}

type Method = (...args: unknown[]) => unknown;

/** Calls `first` whenever a method of an object is called. */
function before(object: object, name: string, first: () => void): void {
  const methods = object as Record<string, Method>;
  const method = methods[name];
  if (!method) return;
  methods[name] = (...args) => {
    first();
    return method.apply(object, args);
  };
}

/** The provider of the other SDK. Not by our copy of the API, which finds nothing that a copy of a lower minor version has registered. */
const others: TracerProvider = {
  getTracer: (...of) =>
    ((sharedApi()?.trace as TracerProvider | undefined) ?? trace.getTracerProvider()).getTracer(...of),
};

/**
 * Sees that the application registers an SDK of its own after ours, by our copy of `@opentelemetry/api` or by another, and calls `giveWay` before
 * that is done, once. Tracers that were handed out are the other SDK's then.
 */
export function onOtherSdk(ours: Readonly<SharedApi>, giveWay: () => void): void {
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
    provider.switchTo(others);
  };
  const stopWatching = watchSharedApi(ours, give);
  // Our own copy gets what it registers ready before it looks whether it may.
  before(trace, 'setGlobalTracerProvider', give);
  before(context, 'setGlobalContextManager', give);
  before(propagation, 'setGlobalPropagator', () => unregister('propagation', ours));
  before(diag, 'setLogger', () => unregister('diag', ours));
}

const APIS = { trace, context, propagation, diag };

/** Takes back one thing, unless the application has put its own in the place of ours. */
function unregister(type: keyof typeof APIS, ours: Readonly<SharedApi>): void {
  const registered = sharedApi()?.[type];
  if (registered === undefined || registered === ours[type]) APIS[type].disable();
}

/** Takes back all that is registered by us, so that another SDK, of another version perhaps, finds nothing. */
export function unregisterOurs(ours: Readonly<SharedApi>): void {
  for (const type of ['trace', 'context', 'propagation', 'diag'] as const) unregister(type, ours);
  const rest = sharedApi();
  // The first to register decides which version all others must be of.
  if (rest && Object.keys(rest).every((key) => key === 'version')) removeSharedApi();
}
