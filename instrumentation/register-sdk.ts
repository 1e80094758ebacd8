import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import type { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { SwitchableProvider } from './switchable-provider.js';

export interface Sdk {
  readonly resource: Resource;
  readonly spanProcessors: SpanProcessor[];
  readonly instrumentations: Instrumentation[];
}

/**
 * Registers an SDK for traces: sampler and limits are those of the standard variables. Not `NodeSDK`, which loads every exporter there is,
 * metrics, logs and a parser of YAML: 476 files at every start, instead of 184. Returns what tracers are handed out by.
 */
export function registerSdk({ resource, spanProcessors, instrumentations }: Sdk): SwitchableProvider {
  const provider = new BasicTracerProvider({ resource, spanProcessors });
  const switchable = new SwitchableProvider(provider);
  registerInstrumentations({ tracerProvider: provider, instrumentations });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(switchable);
  return switchable;
}
