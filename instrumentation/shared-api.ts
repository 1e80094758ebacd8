import { callSites } from './call-sites.js';
import { nearestPackage } from './package-manager.js';

/** Where every copy of `@opentelemetry/api` 1.x looks for what is registered; a copy that is too old or too new sees nothing by its functions. */
const API = Symbol.for('opentelemetry.js.api.1');

/** What is registered, and the version of the copy that it was registered by. */
export interface SharedApi {
  version?: string;
  trace?: unknown;
  context?: unknown;
  propagation?: unknown;
  diag?: unknown;
}

const globals = globalThis as { [API]?: SharedApi };

/** The newest version that can work with what we register. A copy leaves alone what a copy of a lower minor version has registered. */
const NEWEST_VERSION = '1.10.0';

/** What we register. */
const OURS = ['trace', 'context', 'propagation', 'diag'] as const;
type Ours = (typeof OURS)[number];

/** What all copies of `@opentelemetry/api` share in this process, if anything was registered. */
export function sharedApi(): SharedApi | undefined {
  return globals[API];
}

/** Has all copies find nothing. */
export function removeSharedApi(): void {
  delete globals[API];
}

/** What the application had registered before us, out of the way. */
export interface PutAside {
  /** Puts it beside what is ours by now, and returns what is ours. */
  giveBack(): Readonly<SharedApi>;
  /** Puts it back as it was. */
  restore(): void;
}

/**
 * Puts aside what the application has registered, until ours is: the first copy that registers anything decides which version all others must be
 * of. What keeps contexts has to be ours then.
 */
export function putAside(): PutAside {
  const theirs = sharedApi();
  if (theirs) removeSharedApi();
  return {
    giveBack() {
      const ours = { ...sharedApi() };
      const { version: _version, context: _context, ...rest } = theirs ?? {};
      Object.assign(sharedApi() ?? {}, rest);
      return ours;
    },
    restore() {
      if (theirs) globals[API] = theirs;
    },
  };
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

/** The version of the copy whose code called `callee`; undefined where that has no file of its own, in a bundle. */
function versionOfCaller(callee: (...args: never[]) => unknown): string | undefined {
  try {
    const { name, version } = nearestPackage(callSites(callee, 1)?.[0]?.getFileName() ?? '');
    return name === '@opentelemetry/api' && typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a copy looks for a logger to tell it that another one takes its place. */
function isSettingLogger(callee: (...args: never[]) => unknown): boolean {
  return callSites(callee, 3)?.some((site) => site.getFunctionName()?.includes('setLogger')) === true;
}

/**
 * Lets copies of `@opentelemetry/api` of other versions than ours use what is registered, register what we do not, and put a propagator or a
 * logger in the place of ours: by themselves they refuse to, without a word. `onSdk` is called when one of them is about to register a tracer
 * provider or what keeps contexts; ours have to be gone when it returns, and from then on nothing is watched any more. A copy in a bundle is
 * refused as ever: its version is not known. Returns what ends the watching.
 */
export function watchSharedApi(ours: Readonly<SharedApi>, onSdk: () => void): () => void {
  const api = sharedApi();
  if (!api) return () => {};
  const { version: ownVersion, ...registered } = api;
  /** Set while a copy registers something: it writes the global first, and reads that no more before it is through. */
  let registering: { readonly version: string | undefined } | undefined;

  const stop = (): void => {
    unwatch(globals, API, api);
    unwatch(api, 'version', ownVersion);
    for (const type of OURS) unwatch(api, type, registered[type]);
  };
  const give = (version: string): void => {
    stop();
    onSdk();
    put(api, 'version', version);
    put(globals, API, api);
  };
  /** What a copy finds that looks whether something is registered already; undefined lets it go on. */
  const find = (type: Ours, of: () => unknown): unknown => {
    const version = registering?.version;
    const found = registered[type];
    if (type === 'diag') return found === ours.diag && isSettingLogger(of) ? undefined : found;
    if (version === undefined) return found;
    if (type === 'propagation') return found === ours.propagation ? undefined : found;
    give(version);
    return undefined;
  };
  const watchOne = (type: Ours): boolean => {
    const get = (): unknown => find(type, get);
    const set = (value: unknown): void => {
      registered[type] = value;
    };
    return watch(api, type, { get, set });
  };
  const set = (value: SharedApi): void => {
    if (value !== api) {
      stop();
      put(globals, API, value);
      return;
    }
    registering = { version: versionOfCaller(set) };
    for (const type of OURS) {
      // Somebody has disabled it; it may be registered anew.
      if (Object.hasOwn(api, type)) continue;
      registered[type] = undefined;
      watchOne(type);
    }
  };
  const get = (): SharedApi => {
    registering = undefined;
    return api;
  };
  const version = (): string | undefined =>
    registering ? (registering.version ?? ownVersion) : NEWEST_VERSION;
  const isWatched =
    watch(globals, API, { get, set }) &&
    watch(api, 'version', { get: version, set: () => {} }) &&
    OURS.every(watchOne);
  if (!isWatched) stop();
  return stop;
}
