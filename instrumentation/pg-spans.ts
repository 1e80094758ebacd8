import { trace } from '@opentelemetry/api';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { readColumns } from './methods/columns.js';
import { poolSpans } from './pool-spans.js';
import type { Method } from './wrap-method.js';

/** What the stock instrumentation calls of itself, once `pg` is loaded and later. */
interface Internals {
  recordOperationDuration(): void;
  _setPoolConnectEventListeners(): void;
  _getPoolConnectPatch(): (original: Method) => Method;
}

/**
 * The stock instrumentation of `pg`, for traces: without what it does for metrics alone, which nobody exports here, and with spans of its pool
 * that cost less. Should another version of it not call these, it is as it comes.
 */
export function createPgInstrumentation(): PgInstrumentation {
  const pg = new PgInstrumentation({
    requireParentSpan: true,
    responseHook: (span, { data }) => readColumns(span, data),
  });
  const tracer = trace.getTracer(pg.instrumentationName, pg.instrumentationVersion);
  return Object.assign(pg, {
    recordOperationDuration: () => {},
    _setPoolConnectEventListeners: () => {},
    _getPoolConnectPatch: () => poolSpans(tracer),
  } satisfies Internals);
}
