import { RequireInTheMiddleSingleton } from '@opentelemetry/instrumentation/build/src/platform/node/RequireInTheMiddleSingleton.js';
import { Hook, type OnRequireFn } from 'require-in-the-middle';

interface Hooked {
  readonly moduleName: string;
  readonly onRequire: OnRequireFn;
}

/** By which all instrumentations of one copy of `@opentelemetry/instrumentation` see what is required. */
interface Singleton {
  _instance?: { register(moduleName: string, onRequire: OnRequireFn): unknown } | undefined;
}

const singleton = RequireInTheMiddleSingleton as unknown as Singleton;

function hook(hooked: readonly Hooked[]): void {
  const names = new Set(hooked.map(({ moduleName }) => moduleName));
  const onRequire: OnRequireFn = (exports, name, baseDir) => {
    const path = name.replaceAll('\\', '/');
    return hooked
      .filter(({ moduleName }) => path === moduleName || path.startsWith(`${moduleName}/`))
      .reduce((patched, one) => one.onRequire(patched, name, baseDir), exports);
  };
  new Hook([...names], { internals: true }, onRequire);
}

/**
 * Makes instrumentations that see only the modules that they are for. The stock way is a hook that sees all, and remembers them as they are when
 * they are first required: an instrumentation of the application's own that comes later would never see an `http` that is loaded in between.
 */
export function withOwnHook<T>(makeInstrumentations: () => T): T {
  // The application has one already.
  if (singleton._instance) return makeInstrumentations();
  const hooked: Hooked[] = [];
  singleton._instance = {
    register(moduleName, onRequire) {
      const one: Hooked = { moduleName, onRequire };
      hooked.push(one);
      return one;
    },
  };
  try {
    return makeInstrumentations();
  } finally {
    singleton._instance = undefined;
    hook(hooked);
  }
}
