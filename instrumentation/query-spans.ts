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
import { queryName, readStatement } from './sql-statement.js';
import type { Method } from './wrap-method.js';

/** A client of `pg`, as far as its spans tell of it. */
interface Client {
  readonly connectionParameters?: {
    readonly database?: string;
    readonly host?: string;
    readonly port?: number;
  };
}

/** What the spans of one statement in one database are. */
interface StatementSpans {
  readonly name: string;
  readonly attributes: Attributes;
}

/** What a client is connected to, in the attributes of the stock instrumentation. */
interface Database {
  readonly attributes: Attributes;
  readonly spansByText: Map<string, StatementSpans>;
}

/** An application has some hundred statements; one that writes values into them has any number. */
const MOST_CACHED = 500;
const LONGEST_CACHED = 4096;

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
  const key = JSON.stringify(attributes);
  const found = databases.get(key) ?? { attributes, spansByText: new Map<string, StatementSpans>() };
  if (databases.size < MOST_CACHED) databases.set(key, found);
  databaseOfClient.set(parameters, found);
  return found;
}

function spansOf(text: string, { attributes, spansByText }: Database): StatementSpans {
  const known = spansByText.get(text);
  if (known) return known;
  const { operation, text: shown } = readStatement(text);
  const spans = {
    name: queryName(operation, attributes['db.namespace']),
    attributes: { ...attributes, 'db.query.text': shown },
  };
  if (text.length <= LONGEST_CACHED) {
    if (spansByText.size >= MOST_CACHED) spansByText.delete(spansByText.keys().next().value as string);
    spansByText.set(text, spans);
  }
  return spans;
}

const CLIENT = { kind: SpanKind.CLIENT };

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
      if (text === undefined) return byStock.apply(this, args);
      const parent = context.active();
      if (trace.getSpan(parent) === undefined) return original.apply(this, args);
      const { name, attributes } = spansOf(text, databaseOf(this as Client));
      const span = startSpanWithShared(tracer, {
        name,
        options: CLIENT,
        parentContext: parent,
        shared: attributes,
      });
      return answered({ span, parent }, () => original.apply(this, args));
    };
  };
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
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
  // A promise of another kind, where the client was made with one, stays of that kind.
  if (!isPromiseLike(result)) {
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
