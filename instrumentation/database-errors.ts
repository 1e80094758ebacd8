import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { describeDatabaseError } from '../src/tracing/describe-error.js';
import { isFirstRecord } from '../src/tracing/recorded-errors.js';

/** What a span may say of an error that PostgreSQL answered. */
export interface DatabaseErrorNote {
  readonly sqlState: string;
  /** SQLSTATE, constraint and table. */
  readonly message: string;
}

const MOST_NOTES = 64;

type Method = (this: unknown, ...args: unknown[]) => unknown;

interface Patchable {
  prototype: Record<string, Method | undefined>;
}

/** Where `pg`'s client meets an error: answered by the server, while connecting, and with the connection lost under its queries. */
const CLIENT_METHODS = ['_handleErrorMessage', '_handleErrorWhileConnecting', '_errorAllQueries'];

/**
 * Sees each error that `pg` or its pool hands out before the stock instrumentation does, which tells spans only its text: notes SQLSTATE,
 * constraint and table of what PostgreSQL answered, and marks the error as recorded, because a SQL or pool span is where it was thrown. It
 * makes no spans, and touches nothing where all goes well.
 */
export class DatabaseErrors extends InstrumentationBase {
  // Set in `init`, which the base class calls before fields of this one are made.
  declare notes: Map<string, DatabaseErrorNote>;

  constructor() {
    super('grants-otel/database-errors', '1', {});
  }

  /** The note for an error by PostgreSQL's own text of it, which is what the stock instrumentation makes the status message. */
  noteOf(text: string | undefined): DatabaseErrorNote | undefined {
    return text === undefined ? undefined : this.notes.get(text);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    this.notes = new Map();
    const client = new InstrumentationNodeModuleFile(
      'pg/lib/client.js',
      ['>=8.0.3 <9'],
      (exports: Patchable) => this.#patchClient(exports),
      (exports?: Patchable) => this.#unpatch(exports, CLIENT_METHODS),
    );
    return [
      new InstrumentationNodeModuleDefinition('pg', ['>=8.0.3 <9'], undefined, undefined, [client]),
      new InstrumentationNodeModuleDefinition(
        'pg-pool',
        ['>=2.0.0 <4'],
        (exports: Patchable) => this.#patchPool(exports),
        (exports?: Patchable) => this.#unpatch(exports, ['connect']),
      ),
    ];
  }

  #patchClient(exports: Patchable): Patchable {
    const note = (error: unknown): void => this.#note(error);
    for (const name of CLIENT_METHODS) {
      if (typeof exports.prototype?.[name] !== 'function') continue;
      this._wrap(exports.prototype, name, (original) => {
        return function noteError(this: unknown, error: unknown, ...rest: unknown[]) {
          note(error);
          return original?.call(this, error, ...rest);
        };
      });
    }
    return exports;
  }

  #patchPool(exports: Patchable): Patchable {
    if (typeof exports.prototype?.['connect'] !== 'function') return exports;
    const note = (error: unknown): void => this.#note(error);
    this._wrap(exports.prototype, 'connect', (original) => {
      return function connect(this: unknown, callback: unknown) {
        if (typeof callback !== 'function') {
          const result = original?.call(this);
          if (result instanceof Promise) result.catch(note);
          return result;
        }
        return original?.call(this, (error: unknown, ...rest: unknown[]) => {
          if (error) note(error);
          return callback(error, ...rest);
        });
      };
    });
    return exports;
  }

  #unpatch(exports: Patchable | undefined, names: readonly string[]): void {
    for (const name of names) if (exports?.prototype[name]) this._unwrap(exports.prototype, name);
  }

  #note(error: unknown): void {
    try {
      isFirstRecord(error);
      const described = describeDatabaseError(error);
      if (!described) return;
      if (this.notes.size >= MOST_NOTES) this.notes.delete(this.notes.keys().next().value as string);
      this.notes.set(String((error as { message?: unknown }).message), described);
    } catch {
      // The error goes on to the application as it is.
    }
  }
}
