import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { noteDatabaseError, noteFailedStatement } from '../src/tracing/database-errors.js';
import { markRecorded } from '../src/tracing/recorded-errors.js';
import { noteWithoutText } from './errors-without-text.js';
import { isReady, type Pool } from './pool-spans.js';
import { readStatement } from './sql-statement.js';
import { type Patchable, wrapMethod } from './wrap-method.js';

/** Where `pg`'s client meets an error: answered by the server, while connecting, and with the connection lost under its queries. */
const CLIENT_METHODS = ['_handleErrorMessage', '_handleErrorWhileConnecting', '_errorAllQueries'];
/** Where a query meets one that never came from the server: a value that cannot be sent, say. */
const QUERY_METHODS = ['handleError'];

/**
 * Sees each error that `pg` or its pool hands out before the stock instrumentation does, which tells spans only its text: notes SQLSTATE,
 * constraint and table of what PostgreSQL answered, and marks the error as recorded, because a SQL or pool span is where it was thrown. It
 * makes no spans, and touches nothing where all goes well.
 */
export class DatabaseErrors extends InstrumentationBase {
  constructor() {
    super('grants-otel/database-errors', '1', {});
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const file = (name: string, methods: readonly string[]): InstrumentationNodeModuleFile =>
      new InstrumentationNodeModuleFile(
        name,
        ['>=8.0.3 <9'],
        (exports: Patchable) => noteErrorsOf(exports, methods),
        () => {},
      );
    const files = [file('pg/lib/client.js', CLIENT_METHODS), file('pg/lib/query.js', QUERY_METHODS)];
    return [
      new InstrumentationNodeModuleDefinition('pg', ['>=8.0.3 <9'], undefined, undefined, files),
      new InstrumentationNodeModuleDefinition('pg-pool', ['>=2.0.0 <4'], noteErrorsOfPool),
    ];
  }
}

function noteErrorsOf(exports: Patchable, names: readonly string[]): Patchable {
  for (const name of names) {
    wrapMethod(exports, name, (original) => {
      return function noteError(this: unknown, error: unknown, ...rest: unknown[]) {
        note(error, this);
        return original.call(this, error, ...rest);
      };
    });
  }
  return exports;
}

function noteErrorsOfPool(exports: Patchable): Patchable {
  wrapMethod(exports, 'connect', (original) => {
    return function connect(this: unknown, callback: unknown) {
      if (isReady(this as Pool)) return original.call(this, callback);
      if (typeof callback !== 'function') {
        const result = original.call(this, callback);
        if (!(result instanceof Promise)) return result;
        // Passed on, not only looked at: a rejection that nobody handles must stay one.
        return result.catch((error: unknown) => {
          note(error);
          throw error;
        });
      }
      return original.call(this, function (this: unknown, error: unknown, ...rest: unknown[]) {
        if (error) note(error);
        return callback.call(this, error, ...rest);
      });
    };
  });
  return exports;
}

/** `of`: the query that failed, or what else met the error. */
function note(error: unknown, of?: unknown): void {
  try {
    const { text } = (of ?? {}) as { readonly text?: unknown };
    if (typeof text === 'string') noteFailedStatement(text, readStatement(text).text);
    markRecorded(error);
    noteDatabaseError(error);
    noteWithoutText(error);
  } catch {
    // The error goes on to the application as it is.
  }
}
