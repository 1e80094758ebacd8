import { context, propagation, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import type { Recorder } from './recorder/recorder.js';
import { TracedContextManager } from './traced-context.js';

type Environment = Readonly<Record<string, string | undefined>>;

const LIMIT = /^OTEL_(ATTRIBUTE|SPAN)_.*_LIMIT$/;

function arePropagatorsDefault(propagators: string): boolean {
  const names = propagators.split(',').map((name) => name.trim());
  return propagators.trim() === '' || names.sort().join() === 'baggage,tracecontext';
}

/** Whether the standard variables ask for nothing that the recorder does not do: another sampler, other limits, other propagators than W3C's. */
export function isRecorderEnough(env: Environment): boolean {
  const sampler = env['OTEL_TRACES_SAMPLER']?.trim() || 'parentbased_always_on';
  return (
    sampler === 'parentbased_always_on' &&
    arePropagatorsDefault(env['OTEL_PROPAGATORS'] ?? '') &&
    !Object.entries(env).some(([name, value]) => LIMIT.test(name) && value?.trim())
  );
}

/** Registers the recorder, and what an SDK has besides; returns what keeps the contexts. */
export function registerRecorder(
  recorder: Recorder,
  instrumentations: Instrumentation[],
): TracedContextManager {
  registerInstrumentations({ instrumentations });
  const contexts = new TracedContextManager();
  context.setGlobalContextManager(contexts.enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(recorder);
  return contexts;
}
