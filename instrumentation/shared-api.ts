import { nearestPackage } from './package-manager.js';

/** Where every copy of `@opentelemetry/api` 1.x looks for what is registered; a copy that is too old or too new sees nothing by its functions. */
const API = Symbol.for('opentelemetry.js.api.1');

/** What is registered, and the version of the copy that it was registered by. */
interface SharedApi {
  version?: string;
  trace?: unknown;
  context?: unknown;
  diag?: unknown;
}

const globals = globalThis as { [API]?: SharedApi };

/** The newest version that can work with what we register. A copy leaves alone what a copy of a lower minor version has registered. */
const NEWEST_VERSION = '1.10.0';

/** What an SDK registers, and we do. */
const OF_SDK = ['trace', 'context'] as const;

/** What all copies of `@opentelemetry/api` share in this process, if anything was registered. */
export function sharedApi(): SharedApi | undefined {
  return globals[API];
}

/** Has all copies find nothing. */
export function removeSharedApi(): void {
  delete globals[API];
}

/** Puts a property as it is where nobody watches it, if it can be changed. */
function put(object: object, key: PropertyKey, value: unknown): void {
  Reflect.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** False where the property cannot be watched. */
function watch(
  object: object,
  key: PropertyKey,
  by: Required<Pick<PropertyDescriptor, 'get' | 'set'>>,
): boolean {
  return Reflect.defineProperty(object, key, { ...by, enumerable: true, configurable: true });
}

/** Ends that, unless the application has put something else in its place. */
function unwatch(object: object, key: PropertyKey, value: unknown): void {
  if (Object.getOwnPropertyDescriptor(object, key)?.get) put(object, key, value);
}

/** The file of the code that called `callee`, a function that is running. */
function fileOfCaller(callee: (...args: never[]) => unknown): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: NodeJS.CallSite[] } = {};
    Error.captureStackTrace(holder, callee);
    return holder.stack?.[0]?.getFileName() ?? undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/** The version of the copy whose code called; undefined where that has no file of its own, in a bundle. */
function versionOfCaller(callee: (...args: never[]) => unknown): string | undefined {
  try {
    const { name, version } = nearestPackage(fileOfCaller(callee) ?? '');
    return name === '@opentelemetry/api' && typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Lets copies of `@opentelemetry/api` of other versions than ours use what is registered, and register what we do not: by themselves they refuse
 * to, without a word. `onSdk` is called when one of them is about to register a tracer provider or what keeps contexts; ours have to be gone when
 * it returns, and from then on nothing is watched any more. A copy in a bundle is refused as ever: its version is not known. Returns what ends the
 * watching.
 */
export function watchSharedApi(onSdk: () => void): () => void {
  const api = sharedApi();
  if (!api) return () => {};
  const { version: ownVersion } = api;
  const registered = { trace: api.trace, context: api.context };
  /** Set while a copy registers something: it writes the global first, and reads that no more before it is through. */
  let registering: { readonly version: string | undefined } | undefined;

  const stop = (): void => {
    unwatch(globals, API, api);
    unwatch(api, 'version', ownVersion);
    for (const type of OF_SDK) unwatch(api, type, registered[type]);
  };
  const set = (value: SharedApi): void => {
    if (value === api) registering = { version: versionOfCaller(set) };
    else {
      stop();
      put(globals, API, value);
    }
  };
  const get = (): SharedApi => {
    registering = undefined;
    return api;
  };
  /** What a copy finds that looks whether something is registered already; undefined lets it go on. */
  const find = (type: (typeof OF_SDK)[number]): unknown => {
    const version = registering?.version;
    if (version === undefined) return registered[type];
    stop();
    onSdk();
    put(api, 'version', version);
    put(globals, API, api);
    return undefined;
  };
  const isWatched =
    watch(globals, API, { get, set }) &&
    watch(api, 'version', {
      get: () => (registering ? (registering.version ?? ownVersion) : NEWEST_VERSION),
      set: () => {},
    }) &&
    OF_SDK.every((type) =>
      watch(api, type, {
        get: () => find(type),
        set: (value) => {
          registered[type] = value;
        },
      }),
    );
  if (!isWatched) stop();
  return stop;
}
