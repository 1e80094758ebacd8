import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

export interface SdkParts {
  readonly resource: Resource;
  readonly instrumentations: Instrumentation[];
  readonly spanProcessors: SpanProcessor[];
}

/**
 * Registers a tracer provider, the context that goes with it, and the instrumentations. Sampler and limits are read from the standard
 * variables by the SDK. Not by `NodeSDK`, which loads every exporter there is, of metrics and logs too: some 200 files more at each start.
 */
export function registerSdk({ resource, instrumentations, spanProcessors }: SdkParts): void {
  const tracerProvider = new NodeTracerProvider({ resource, spanProcessors });
  tracerProvider.register();
  registerInstrumentations({ instrumentations, tracerProvider });
}
