import { createRequire } from 'node:module';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import type { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';

export interface Sdk {
  readonly resource: Resource;
  readonly spanProcessors: SpanProcessor[];
  readonly instrumentations: Instrumentation[];
  /** `OTEL_PROPAGATORS` */
  readonly propagators: string | undefined;
}

/** Whether these are the propagators that there are without being asked for. */
function areDefault(propagators: string | undefined): boolean {
  const names = (propagators ?? '').split(',').map((name) => name.trim().toLowerCase());
  return propagators?.trim() ? names.sort().join() === 'baggage,tracecontext' : true;
}

/**
 * Registers an SDK for traces; its sampler and limits are those of the standard variables. Only where other propagators are asked for than W3C's
 * it is `NodeSDK` that does so, who has them: it loads every exporter there is, metrics, logs and a parser of YAML, which takes as long as all
 * the rest of a start.
 */
export function registerSdk({ propagators, ...configuration }: Sdk): void {
  if (!areDefault(propagators)) {
    const require = createRequire(import.meta.url);
    const { registerNodeSdk } = require('./register-node-sdk.js') as typeof import('./register-node-sdk.js');
    registerNodeSdk(configuration);
    return;
  }
  const { instrumentations, ...provider } = configuration;
  registerInstrumentations({ instrumentations });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(new BasicTracerProvider(provider));
}
