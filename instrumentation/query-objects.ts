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
 * Ends the span of a query object when its last answer is in. The stock instrumentation starts one, and ends it for promises and for callbacks
 * that are called only: it would stay open to the end of the process, and count as the cause of whatever its step took. `takeStarted` gives the
 * SQL span that was started last, if any since it was last asked.
 */
export function endingQueryObjects(takeStarted: () => Span | undefined): (original: Method) => Method {
  return (original) =>
    function query(this: unknown, ...args: unknown[]): unknown {
      const object = args[0];
      const span = takeStarted();
      if (span && isQueryObject(object)) {
        // A stream of COPY has one that nobody calls.
        const hasCallback = [object.callback, ...args].some((value) => typeof value === 'function');
        endWithLastAnswer(object, { span, hasCallback });
      }
      return original.apply(this, args);
    };
}

function isQueryObject(value: unknown): value is QueryObject {
  return typeof (value as { submit?: unknown } | null | undefined)?.submit === 'function';
}

/** A callback that is called has the span ended by the stock instrumentation, so the object hears of the answer first. */
function endWithLastAnswer(
  query: QueryObject,
  { span, hasCallback }: { span: Span; hasCallback: boolean },
): void {
  const text = query.cursor?.text;
  if (typeof text === 'string') span.setAttribute('db.query.text', text);
  const ending = (heard: Method | undefined, end: (...answer: unknown[]) => void): Method =>
    function (this: unknown, ...answer) {
      if (!hasCallback && span.isRecording()) end(...answer);
      try {
        return heard?.apply(this, answer);
      } finally {
        if (span.isRecording()) end(...answer);
      }
    };
  const hear = (name: 'handleReadyForQuery' | 'handleError', value: Method): boolean =>
    Reflect.defineProperty(query, name, { value, writable: true, enumerable: true, configurable: true });
  const isHeard = hear(
    'handleReadyForQuery',
    ending(query.handleReadyForQuery, () => span.end()),
  );
  hear(
    'handleError',
    ending(query.handleError, (error) => endFailed(span, error)),
  );
  // Nobody tells of its last answer.
  if (!isHeard) span.end();
}
