import {
  context,
  diag,
  ProxyTracerProvider,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { standIn } from './methods/stand-in.js';
import { ApiWatch, type PutAside, removeSharedApi, type SharedApi, sharedApi } from './shared-api.js';
import { SwitchableProvider } from './switchable-provider.js';
import type { Method } from './wrap-method.js';

/** Whether a tracer provider is registered, by any copy of the API. */
export function isSdkRegistered(): boolean {
  return sharedApi()?.trace !== undefined;
}

/** Calls `first` whenever a method of an object is called. */
function before(object: object, name: string, first: () => void): void {
  const methods = object as Record<string, Method>;
  const method = methods[name];
  if (!method) return;
  const called = function (this: unknown, ...args: unknown[]): unknown {
    first();
    return method.apply(this, args);
  };
  methods[name] = standIn(called, method);
}

export interface OtherSdkOptions {
  readonly ours: Readonly<SharedApi>;
  readonly theirs: PutAside['theirs'];
  /** Called before the application registers an SDK of its own, once. */
  readonly giveWay: () => void;
  /** Called when it cannot register one, whose copy of the API is in a bundle. */
  readonly onRefused: () => void;
}

/**
 * Sees that the application registers an SDK of its own after ours, by our copy of `@opentelemetry/api` or by another, and takes back what is
 * ours before that is done. Tracers that were handed out are the other SDK's then.
 */
export function onOtherSdk({ ours, theirs, giveWay, onRefused }: OtherSdkOptions): void {
  const proxy = trace.getTracerProvider();
  if (!(proxy instanceof ProxyTracerProvider)) return;
  const provider = new SwitchableProvider(proxy.getDelegate());
  proxy.setDelegate(provider);
  let isThere = true;
  const give = (): void => {
    if (!isThere) return;
    isThere = false;
    watch?.stop();
    try {
      unregisterOurs(ours, theirs?.context);
      giveWay();
    } catch {
      // What of ours cannot be ended must not keep the application from registering its own.
    }
    // Not by our copy of the API, which finds nothing that one of a lower minor version has registered.
    provider.switchTo(() => sharedApi()?.trace as TracerProvider | undefined);
  };
  const watch = ApiWatch.start({ ours, theirs, onSdk: give, onRefusedSdk: onRefused });
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

/**
 * Takes back all that is registered by us, so that another SDK, of another version perhaps, finds nothing but what kept the application's
 * contexts before us, if anything did.
 */
export function unregisterOurs(ours: Readonly<SharedApi>, contextBefore?: unknown): void {
  for (const type of ['trace', 'context', 'propagation', 'diag'] as const) unregister(type, ours);
  const rest = sharedApi();
  if (!rest) return;
  if (contextBefore !== undefined) rest.context ??= contextBefore;
  // The first to register decides which version all others must be of.
  if (Object.keys(rest).every((key) => key === 'version')) removeSharedApi();
}
