// Registers a tracer provider of its own.
import { trace } from '@opentelemetry/api';

console.log(trace.setGlobalTracerProvider({ getTracer: () => ({}) }));
