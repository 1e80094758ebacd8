import { callSites } from './call-sites.js';
import { nearestPackage } from './package-manager.js';

/** Where every copy of `@opentelemetry/api` 1.x looks for what is registered; a copy that is too old or too new sees nothing by its functions. */
const API = Symbol.for('opentelemetry.js.api.1');

/** What is registered, and the version of the copy that it was registered by. */
export interface SharedApi {
  version?: string | undefined;
  trace?: unknown;
  context?: unknown;
  propagation?: unknown;
  diag?: unknown;
}

const globals = globalThis as { [API]?: SharedApi };

/** The newest version that is known to work with what we register. A copy leaves alone what one of a lower minor version has registered. */
const NEWEST_KNOWN = '1.10.0';

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
  /** What it had registered; undefined for nothing. */
  readonly theirs: Readonly<SharedApi> | undefined;
  /** Puts it beside what is ours by now, and returns what is ours. */
  giveBack(): Readonly<SharedApi>;
  /** Puts it back as it was, in the place of what is registered by now. */
  restore(): void;
}

/**
 * Puts aside what the application has registered, until ours is: the first copy that registers anything decides which version all others must be
 * of. What keeps contexts has to be ours then.
 */
export function putAside(): PutAside {
  const theirs = sharedApi();
  removeSharedApi();
  return {
    theirs,
    giveBack() {
      const ours = { ...sharedApi() };
      const { version: _version, context: _context, ...rest } = theirs ?? {};
      Object.assign(sharedApi() ?? {}, rest);
      return ours;
    },
    restore() {
      removeSharedApi();
      if (theirs) globals[API] = theirs;
    },
  };
}

/** Puts a property as it is where nobody watches it, if it can be changed. */
function put(object: object, key: PropertyKey, value: unknown): void {
  Reflect.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The higher of two versions, by its minor number. */
function newer(one: string, other: string | undefined): string {
  const minor = (version: string): number => Number(version.split('.')[1]);
  return other !== undefined && minor(other) > minor(one) ? other : one;
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

export interface ApiWatchOptions {
  readonly ours: Readonly<SharedApi>;
  /** What the application had registered before, of a newer version perhaps. */
  readonly theirs: Readonly<SharedApi> | undefined;
  /**
   * Called when another copy is about to register a tracer provider or what keeps contexts; ours have to be gone when it returns. Nothing is
   * watched any more then.
   */
  readonly onSdk: () => void;
  /** Called when that is refused, because the copy's version is not known. */
  readonly onRefusedSdk: () => void;
}

const OF_SDK = ['trace', 'context'] as const;

/**
 * Lets copies of `@opentelemetry/api` of other versions than ours use what is registered, register what we do not, and put a propagator in the
 * place of ours: by themselves they refuse to. A copy in a bundle is refused unless it is of our version, as ever.
 */
export class ApiWatch {
  readonly #options: ApiWatchOptions;
  readonly #api: SharedApi;
  readonly #ownVersion: string | undefined;
  #newest: string;
  /** Whether a copy is registering something: it writes the global first, and reads that no more before it is through. */
  #isRegistering = false;
  /** It is not in the way of one that the application registers. */
  #isOurPropagatorHidden = false;
  /** What is registered meanwhile. */
  readonly #registered: Pick<SharedApi, (typeof OF_SDK)[number]> = {};

  private constructor(api: SharedApi, options: ApiWatchOptions) {
    this.#api = api;
    this.#options = options;
    this.#ownVersion = api.version;
    this.#newest = newer(NEWEST_KNOWN, options.theirs?.version);
  }

  /** Undefined where nothing is registered, or what is shared cannot be watched. */
  static start(options: ApiWatchOptions): ApiWatch | undefined {
    const api = sharedApi();
    if (!api) return undefined;
    const watch = new ApiWatch(api, options);
    const set = (value: SharedApi): void => {
      if (value === api) watch.#begin(versionOfCaller(set));
      else watch.#replaceBy(value);
    };
    const get = (): SharedApi => {
      if (watch.#isRegistering) watch.#end();
      return api;
    };
    if (!Reflect.defineProperty(globals, API, { get, set, enumerable: true, configurable: true }))
      return undefined;
    watch.#end();
    return watch;
  }

  /** Leaves everything as it would be if nobody had watched. */
  stop(): void {
    this.#end();
    put(this.#api, 'version', this.#ownVersion);
    // The application may have put another one in its place.
    if (Object.getOwnPropertyDescriptor(globals, API)?.get) put(globals, API, this.#api);
  }

  #begin(version: string | undefined): void {
    this.#end();
    this.#isRegistering = true;
    const api = this.#api;
    if (version !== undefined) this.#newest = newer(this.#newest, version);
    put(api, 'version', version ?? this.#ownVersion);
    const { propagation } = this.#options.ours;
    this.#isOurPropagatorHidden = version !== undefined && api.propagation === propagation;
    if (this.#isOurPropagatorHidden) Reflect.deleteProperty(api, 'propagation');
    for (const type of OF_SDK) {
      this.#registered[type] = api[type];
      const get = (): unknown => this.#find(type, version);
      const set = (value: unknown): void => {
        this.#registered[type] = value;
      };
      Reflect.defineProperty(api, type, { get, set, enumerable: true, configurable: true });
    }
  }

  /** What a copy finds that looks whether it may register something; undefined lets it go on. */
  #find(type: (typeof OF_SDK)[number], version: string | undefined): unknown {
    const registered = this.#registered[type];
    if (version !== undefined) {
      this.#give(version);
      return undefined;
    }
    if (type === 'trace' && registered !== undefined) this.#options.onRefusedSdk();
    return registered;
  }

  /** Nobody is registering anything any more: what is registered are plain properties again. */
  #end(): void {
    const api = this.#api;
    put(api, 'version', this.#newest);
    if (!this.#isRegistering) return;
    this.#isRegistering = false;
    if (this.#isOurPropagatorHidden && !Object.hasOwn(api, 'propagation'))
      put(api, 'propagation', this.#options.ours.propagation);
    for (const type of OF_SDK) {
      const registered = this.#registered[type];
      if (registered === undefined) Reflect.deleteProperty(api, type);
      else put(api, type, registered);
    }
  }

  #give(version: string): void {
    this.stop();
    this.#options.onSdk();
    put(this.#api, 'version', version);
    put(globals, API, this.#api);
  }

  #replaceBy(value: SharedApi): void {
    this.stop();
    put(globals, API, value);
  }
}
