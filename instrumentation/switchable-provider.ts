import {
  type Context,
  ProxyTracerProvider,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
} from '@opentelemetry/api';

/** Its tracers make spans that record nothing. */
const NONE: TracerProvider = new ProxyTracerProvider();

/**
 * Hands out tracers that can be pointed at another provider later: whoever asked for one keeps it, an instrumentation that the application
 * set up before it registered its own SDK for one.
 */
export class SwitchableProvider implements TracerProvider {
  #current: () => TracerProvider | undefined;

  constructor(first: TracerProvider) {
    this.#current = () => first;
  }

  /** From here on `next` tells which provider there is, whenever a span begins: undefined for none yet. */
  switchTo(next: () => TracerProvider | undefined): void {
    this.#current = next;
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    let from: TracerProvider | undefined;
    let tracer: Tracer | undefined;
    const current = (): Tracer => {
      const provider = this.#current() ?? NONE;
      if (!tracer || from !== provider) tracer = provider.getTracer(name, version, options);
      from = provider;
      return tracer;
    };
    return {
      startSpan: (spanName: string, spanOptions?: SpanOptions, of?: Context): Span =>
        current().startSpan(spanName, spanOptions, of),
      startActiveSpan: ((...args: Parameters<Tracer['startActiveSpan']>) =>
        current().startActiveSpan(...args)) as Tracer['startActiveSpan'],
    };
  }
}
