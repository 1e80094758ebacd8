import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { endFailed } from './end-failed.js';
import { hearAnswerBelow } from './methods/columns.js';
import { startSpanWithShared } from './recorder/recorder.js';
import { createSqlReader, queryName, type SqlStatement } from './sql-statement.js';
import type { Method } from './wrap-method.js';

/** A client of `pg`, as far as its spans tell of it. */
interface Client {
  readonly connectionParameters?: {
    readonly database?: string;
    readonly host?: string;
    readonly port?: number;
  };
}

/** What a client is connected to, in the attributes and names of the stock instrumentation. */
interface Database {
  readonly attributes: Attributes;
  readonly name: string | undefined;
  /** The names of its statements' spans by what these do. */
  readonly names: Map<string, string>;
}

/** There are a few; a text that begins with any word is an operation, too. */
const MOST_NAMES = 100;

const databases = new WeakMap<object, Database>();

function databaseOf(client: Client): Database {
  const parameters = client.connectionParameters ?? {};
  const known = databases.get(parameters);
  if (known) return known;
  const { database, host, port } = parameters;
  const attributes: Attributes = { 'db.system.name': 'postgresql' };
  if (database) attributes['db.namespace'] = database;
  if (host) attributes['server.address'] = host;
  if (Number.isInteger(port)) attributes['server.port'] = port as number;
  const found = { attributes, name: database, names: new Map<string, string>() };
  databases.set(parameters, found);
  return found;
}

function nameOf({ operation }: SqlStatement, { name: database, names }: Database): string {
  let name = names.get(operation);
  if (name === undefined) {
    name = queryName(operation, database);
    if (names.size < MOST_NAMES) names.set(operation, name);
  }
  return name;
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
  const read = createSqlReader();
  return (original) => {
    const byStock = stock(original);
    return function query(this: unknown, ...args: unknown[]): unknown {
      const text = textOf(args);
      if (text === undefined) return byStock.apply(this, args);
      const parent = context.active();
      if (trace.getSpan(parent) === undefined) return original.apply(this, args);
      const database = databaseOf(this as Client);
      const statement = read(text);
      const span = startSpanWithShared(tracer, {
        name: nameOf(statement, database),
        options: { kind: SpanKind.CLIENT, attributes: { 'db.query.text': statement.text } },
        parentContext: parent,
        shared: database.attributes,
      });
      return answered({ span, parent }, () => original.apply(this, args));
    };
  };
}

/** Ends the span of a statement with its answer. */
function answered({ span, parent }: { span: Span; parent: Context }, run: () => unknown): unknown {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    endFailed(span, error);
    throw error;
  }
  // A client of another kind, say, that answers nothing.
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  return result.then(
    (answer: unknown) => {
      hearAnswerBelow(parent, answer);
      span.end();
      return answer;
    },
    (error: unknown) => {
      endFailed(span, error);
      throw error;
    },
  );
}
