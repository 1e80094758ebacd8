import type { Span, TracerProvider } from '@opentelemetry/api';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { hearAnswer } from './methods/columns.js';
import { poolSpans } from './pool-spans.js';
import { endingQueryObjects } from './query-objects.js';
import { querySpans } from './query-spans.js';
import type { Method } from './wrap-method.js';

type Patch = (original: Method) => Method;

/** What the stock instrumentation calls of itself, once `pg` is loaded and later. */
interface Internals {
  recordOperationDuration(): void;
  _setPoolConnectEventListeners(): void;
  _getPoolConnectPatch(): Patch;
  _getClientQueryPatch(): Patch;
}

/**
 * The stock instrumentation of `pg`, for traces: without what it does for metrics alone, which nobody exports here, and with spans of its pool
 * and of the usual kind of statement that cost less. Should another version of it not call these, it is as it comes. `takeStarted` gives the
 * span of a statement that it started last, if any since it was last asked.
 */
export function createPgInstrumentation(
  tracers: Pick<TracerProvider, 'getTracer'>,
  takeStarted: () => Span | undefined,
): PgInstrumentation {
  const pg = new PgInstrumentation({
    requireParentSpan: true,
    responseHook: (span, { data }) => hearAnswer(span, data),
  });
  const tracer = tracers.getTracer(pg.instrumentationName, pg.instrumentationVersion);
  const stockQuery = (pg as unknown as Partial<Internals>)._getClientQueryPatch?.bind(pg);
  const withObjects = endingQueryObjects(takeStarted);
  return Object.assign(pg, {
    recordOperationDuration: () => {},
    _setPoolConnectEventListeners: () => {},
    _getPoolConnectPatch: () => poolSpans(tracer),
    ...(stockQuery && {
      _getClientQueryPatch: () => querySpans(tracer, (original) => stockQuery()(withObjects(original))),
    }),
  } satisfies Partial<Internals>);
}
