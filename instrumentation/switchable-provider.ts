import type { Context, Span, SpanOptions, Tracer, TracerOptions, TracerProvider } from '@opentelemetry/api';

/**
 * Hands out tracers that can be pointed at another provider later: whoever asked for one keeps it, an instrumentation that the application
 * set up before it registered its own SDK for one.
 */
export class SwitchableProvider implements TracerProvider {
  #current: TracerProvider;

  constructor(first: TracerProvider) {
    this.#current = first;
  }

  switchTo(next: TracerProvider): void {
    this.#current = next;
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    let from: TracerProvider | undefined;
    let tracer: Tracer | undefined;
    const current = (): Tracer => {
      if (tracer && from === this.#current) return tracer;
      from = this.#current;
      tracer = from.getTracer(name, version, options);
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
