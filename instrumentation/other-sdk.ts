import {
  context,
  diag,
  ProxyTracerProvider,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { SwitchableProvider } from './switchable-provider.js';

/** Where every copy of `@opentelemetry/api` 1.x looks for what is registered; a copy that is too old or too new sees nothing by its functions. */
const API = Symbol.for('opentelemetry.js.api.1');

function registered(): { trace?: unknown; diag?: unknown } | undefined {
  return (globalThis as { [API]?: { trace?: unknown; diag?: unknown } })[API];
}

/** Whether a tracer provider is registered, by any copy of the API. */
export function isSdkRegistered(): boolean {
  return registered()?.trace !== undefined;
}

type Register = (what: unknown) => boolean;

/** What a copy of `@opentelemetry/api` registers an SDK by. */
interface ApiCopy {
  readonly trace?: { setGlobalTracerProvider: Register };
  readonly context?: { setGlobalContextManager: Register };
}

/**
 * Sees that an application registers an SDK of its own after ours, by our copy of `@opentelemetry/api` or by another that is loaded with
 * `require`, and gives way before it does so.
 */
export class OtherSdk extends InstrumentationBase {
  readonly #watched = new WeakSet<object>();
  #giveWay: (() => void) | undefined;
  #provider: SwitchableProvider | undefined;

  constructor() {
    super('grants-otel/other-sdk', '1', {});
  }

  /** From here on: what was registered before is ours. `giveWay` is called once; tracers that were handed out are the other SDK's then. */
  watch(giveWay: () => void): void {
    const global = trace.getTracerProvider();
    if (!(global instanceof ProxyTracerProvider)) return;
    this.#giveWay = giveWay;
    this.#provider = new SwitchableProvider(global.getDelegate());
    global.setDelegate(this.#provider);
    this.#watchCopy({ trace, context } as unknown as ApiCopy);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition(
      '@opentelemetry/api',
      ['>=1.0.0 <2'],
      (exports: ApiCopy) => {
        this.#watchCopy(exports);
        return exports;
      },
    );
  }

  #watchCopy({ trace: ofTraces, context: ofContexts }: ApiCopy): void {
    if (!ofTraces || !ofContexts || this.#watched.has(ofTraces)) return;
    this.#watched.add(ofTraces);
    const { setGlobalTracerProvider } = ofTraces;
    ofTraces.setGlobalTracerProvider = (provider) => {
      this.#give();
      this.#provider?.switchTo(provider as TracerProvider);
      return setGlobalTracerProvider.call(ofTraces, provider);
    };
    const { setGlobalContextManager } = ofContexts;
    ofContexts.setGlobalContextManager = (manager) => {
      this.#give();
      return setGlobalContextManager.call(ofContexts, manager);
    };
  }

  #give(): void {
    const giveWay = this.#giveWay;
    this.#giveWay = undefined;
    giveWay?.();
  }
}

/** Takes back all that is registered by us, so that another SDK, of another version perhaps, finds nothing. */
export function unregisterOurs(ourLogger: unknown): void {
  trace.disable();
  context.disable();
  propagation.disable();
  // The application may have put a logger of its own in the place of ours.
  if (registered()?.diag === ourLogger) diag.disable();
  const rest = registered();
  // The first to register decides which version all others must be of.
  if (rest && Object.keys(rest).every((key) => key === 'version')) {
    delete (globalThis as { [API]?: unknown })[API];
  }
}

/** What is registered as the logger of the API; for `unregisterOurs`. */
export function registeredLogger(): unknown {
  return registered()?.diag;
}
