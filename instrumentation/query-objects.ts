import type { Span } from '@opentelemetry/api';
import { endFailed } from './end-failed.js';
import type { Method } from './wrap-method.js';

/** What `client.query` takes besides a text: a cursor, a stream of rows, a `pg.Query`; the client calls it back by its methods. */
interface QueryObject {
  readonly submit: Method;
  readonly callback?: unknown;
  /** Of a stream of rows, which has its statement there. */
  readonly cursor?: { readonly text?: unknown };
  handleReadyForQuery?: Method;
  handleError?: Method;
}

/**
 * Ends the span of a query object when its last answer is in. The stock instrumentation starts one, and ends it for promises and callbacks
 * only: it would stay open to the end of the process, and count as the cause of whatever its step took. `takeStarted` gives the SQL span that
 * was started last, if any since it was last asked.
 */
export function endingQueryObjects(takeStarted: () => Span | undefined): (original: Method) => Method {
  return (original) =>
    function query(this: unknown, ...args: unknown[]): unknown {
      const object = args[0];
      const span = takeStarted();
      if (span && isQueryObject(object)) {
        const hasCallback = [object.callback, ...args].some((value) => typeof value === 'function');
        if (!hasCallback) endWithLastAnswer(object, span);
      }
      return original.apply(this, args);
    };
}

function isQueryObject(value: unknown): value is QueryObject {
  return typeof (value as { submit?: unknown } | null | undefined)?.submit === 'function';
}

function endWithLastAnswer(query: QueryObject, span: Span): void {
  const text = query.cursor?.text;
  if (typeof text === 'string') span.setAttribute('db.query.text', text);
  const { handleReadyForQuery, handleError } = query;
  query.handleReadyForQuery = function (...args) {
    if (span.isRecording()) span.end();
    return handleReadyForQuery?.apply(this, args);
  };
  query.handleError = function (...args) {
    if (span.isRecording()) endFailed(span, args[0]);
    return handleError?.apply(this, args);
  };
}
