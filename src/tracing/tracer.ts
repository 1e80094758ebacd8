import { type Tracer, trace } from '@opentelemetry/api';

/** The instrumentation scope of the spans that traced code makes. */
const SCOPE_NAME = 'grants-otel';

let cached: Tracer | undefined;

/** Our tracer: a proxy, so it may be asked for before an SDK is registered. */
export function tracer(): Tracer {
  cached ??= trace.getTracer(SCOPE_NAME);
  return cached;
}
