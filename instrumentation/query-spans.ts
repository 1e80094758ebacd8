import type { Attributes, Context, Tracer } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { activeContext } from '../src/tracing/active-context.js';
import { isPromiseLike } from '../src/tracing/run-in-span.js';
import { spanOf } from '../src/tracing/step-context.js';
import { hearAnswerBelow } from './methods/columns.js';
import { noteUser } from './pool-holders.js';
import { type ClientWithQueue, isBusy, queued } from './queued-statement.js';
import type { ClientSpan, Running } from './recorder/late-span.js';
import { runClient, settleWhileWaiting } from './recorder/recorder-tracer.js';
import { WAIT } from './self-time.js';
import { queryName, readStatement, remembered } from './sql-statement.js';
import { toJson } from './to-json.js';
import type { Method } from './wrap-method.js';

/** A client of `pg`, as far as its spans tell of it. */
interface Client {
  readonly connectionParameters?: {
    readonly database?: string;
    readonly host?: string;
    readonly port?: number;
  };
}

/** What a client is connected to. */
interface Database {
  readonly spansOf: (text: string) => ClientSpan;
  /** Of a statement that waits for others of its connection. */
  readonly wait: ClientSpan;
}

/** An application has a few. */
const MOST_DATABASES = 100;

const databaseOfClient = new WeakMap<object, Database>();
const databases = new Map<string, Database>();

function databaseOf(client: Client): Database {
  const parameters = client.connectionParameters ?? {};
  const known = databaseOfClient.get(parameters);
  if (known) return known;
  const { database, host, port } = parameters;
  const attributes: Attributes = { 'db.system.name': 'postgresql' };
  if (database) attributes['db.namespace'] = database;
  if (host) attributes['server.address'] = host;
  if (Number.isInteger(port)) attributes['server.port'] = port as number;
  const key = toJson(attributes);
  const found = databases.get(key) ?? {
    spansOf: remembered((text) => readSpans(text, attributes)),
    wait: { name: WAIT, attributes },
  };
  if (databases.size < MOST_DATABASES) databases.set(key, found);
  databaseOfClient.set(parameters, found);
  return found;
}

/** `database`: its attributes, which are those of the stock instrumentation. */
function readSpans(text: string, database: Attributes): ClientSpan {
  const { operation, text: shown } = readStatement(text);
  return {
    name: queryName(operation, database['db.namespace']),
    attributes: { ...database, 'db.query.text': shown },
  };
}

/** The text of a statement that answers by a promise; undefined of all else that a client takes. */
function textOf(args: readonly unknown[]): string | undefined {
  const [first, second] = args;
  if (args.length > 2 || typeof second === 'function') return undefined;
  return typeof first === 'string' ? first : undefined;
}

/**
 * Makes the span of a statement as the stock instrumentation does, with the name and the text that it is shown by from the start. That is for a
 * text, with values or without, that answers by a promise; all else is left to `stock`, the patch of that instrumentation.
 */
export function querySpans(
  tracer: Tracer,
  stock: (original: Method) => Method,
): (original: Method) => Method {
  return (original) => {
    const byStock = stock(original);
    return function query(this: unknown, ...args: unknown[]): unknown {
      const text = textOf(args);
      const parent = activeContext();
      const step = spanOf(parent);
      noteUser(this, step);
      if (text === undefined) return byStock.apply(this, args);
      if (step === undefined || isTracingSuppressed(parent)) return original.apply(this, args);
      const describe = (): ClientSpan => databaseOf(this as Client).spansOf(text);
      let statement: Running;
      let result: unknown;
      if (isBusy(this as ClientWithQueue)) {
        const { wait } = databaseOf(this as Client);
        ({ result, running: statement } = queued(this as ClientWithQueue, {
          give: () => original.apply(this, args),
          wait: runClient(tracer, parent, () => wait),
          begin: () => runClient(tracer, parent, describe),
        }));
      } else {
        statement = runClient(tracer, parent, describe);
        try {
          result = original.apply(this, args);
        } catch (error) {
          statement.fail(error);
          throw error;
        }
      }
      // The statement is on its way, and the application waits for its answer: what there is to do is done now.
      settleWhileWaiting(tracer);
      return answered({ statement, parent }, result);
    };
  };
}

/** Ends the span of a statement with its answer. */
function answered({ statement, parent }: { statement: Running; parent: Context }, result: unknown): unknown {
  // A promise of another kind, where the client was made with one, stays of that kind.
  if (!isPromiseLike(result)) {
    statement.end();
    return result;
  }
  return result.then(
    (answer: unknown) => {
      hearAnswerBelow(parent, answer);
      statement.end();
      return answer;
    },
    (error: unknown) => {
      statement.fail(error);
      throw error;
    },
  );
}
