import type { Span } from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { endFailed } from './end-failed.js';
import { type Method, type Patchable, wrapMethod } from './wrap-method.js';

/** What `client.query` takes besides a text: a cursor, a stream of rows, a `pg.Query`; the client calls it back by its methods. */
interface QueryObject {
  readonly submit: Method;
  readonly callback?: unknown;
  /** Of a stream of rows, which has its statement there. */
  readonly cursor?: { readonly text?: unknown };
  handleReadyForQuery?: Method;
  handleError?: Method;
}

export interface QueryObjectsOptions {
  /** The SQL span that was started last, if any since this was last asked. */
  readonly takeStarted: () => Span | undefined;
}

/**
 * Ends the span of a query object when its last answer is in. The stock instrumentation starts one, and ends it for promises and callbacks
 * only: it would stay open to the end of the process, and count as the cause of whatever its step took.
 */
export class QueryObjects extends InstrumentationBase {
  readonly #options: QueryObjectsOptions;

  constructor(options: QueryObjectsOptions) {
    super('grants-otel/query-objects', '1', {});
    this.#options = options;
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    // Not the module's main file: that hook is not called where an ES module imports `pg`.
    const client = new InstrumentationNodeModuleFile(
      'pg/lib/client.js',
      ['>=8.0.3 <9'],
      (exports: Patchable) => this.#patch(exports),
      () => {},
    );
    return new InstrumentationNodeModuleDefinition('pg', ['>=8.0.3 <9'], undefined, undefined, [client]);
  }

  #patch(exports: Patchable): Patchable {
    const { takeStarted } = this.#options;
    wrapMethod(exports, 'query', (original) => {
      return function query(this: unknown, ...args: unknown[]) {
        const object = args[0];
        const span = takeStarted();
        if (span && isQueryObject(object)) {
          const hasCallback = [object.callback, ...args].some((value) => typeof value === 'function');
          if (!hasCallback) endWithLastAnswer(object, span);
        }
        return original.apply(this, args);
      };
    });
    return exports;
  }
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
