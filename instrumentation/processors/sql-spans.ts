import { SpanStatusCode } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { DatabaseErrorNote } from '../database-errors.js';
import { createSqlReader } from '../sql-statement.js';

const PG_SCOPE = '@opentelemetry/instrumentation-pg';
const QUERY = 'pg.query';
const CONNECT = 'pg.connect';
const MOST_FAILED = 100;

export interface SqlSpansOptions {
  /** What is known of an error by PostgreSQL's own text of it. */
  readonly noteOf: (text: string | undefined) => DatabaseErrorNote | undefined;
}

/**
 * Makes the SQL spans of the stock instrumentation fit to be shown: named after what the statement does (also behind a CTE, a line break or
 * a statement's name), the text without values, a failure told by SQLSTATE, constraint and table instead of PostgreSQL's text, which
 * quotes rows.
 */
export class SqlSpansProcessor implements SpanProcessor {
  readonly #options: SqlSpansOptions;
  readonly #read = createSqlReader();
  /** The pool spans under which a connection has just failed: the exception stands on that connection's span. */
  readonly #failedBelow = new Set<string>();

  constructor(options: SqlSpansOptions) {
    this.#options = options;
  }

  onStart(): void {}

  onEnding(span: Span): void {
    if (span.instrumentationScope.name !== PG_SCOPE) return;
    const statement = span.attributes['db.query.text'];
    if (typeof statement === 'string') this.#show(span, statement);
    if (span.status.code === SpanStatusCode.ERROR) this.#explainFailure(span);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #show(span: Span, statement: string): void {
    const { operation, text } = this.#read(statement);
    const database = span.attributes['db.namespace'];
    const name = `${QUERY}:${operation || 'statement'}${typeof database === 'string' && database ? ` ${database}` : ''}`;
    if (name !== span.name) span.updateName(name);
    if (text !== statement) span.setAttribute('db.query.text', text);
  }

  #explainFailure(span: Span): void {
    const note = this.#options.noteOf(span.status.message);
    const code = note?.sqlState ?? codeIn(span);
    const message =
      note?.message ?? (code === undefined ? 'not answered by PostgreSQL' : `${codeKind(code)} ${code}`);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    if (code !== undefined) span.setAttribute('error.type', code);
    if (note) span.setAttribute('db.response.status_code', note.sqlState);
    this.#recordOnce(span);
    for (const event of span.events) {
      if (event.name !== 'exception') continue;
      event.attributes = {
        ...(code === undefined ? {} : { 'exception.type': code }),
        'exception.message': message,
      };
    }
  }

  #recordOnce(span: Span): void {
    if (this.#failedBelow.delete(span.spanContext().spanId)) {
      span.events.splice(0, span.events.length, ...span.events.filter((event) => event.name !== 'exception'));
    }
    if (span.name === CONNECT && span.parentSpanContext) {
      if (this.#failedBelow.size >= MOST_FAILED) this.#failedBelow.clear();
      this.#failedBelow.add(span.parentSpanContext.spanId);
    }
  }
}

/** The error's code, which the stock instrumentation puts into the exception's message: "… (code: ECONNREFUSED)". */
function codeIn(span: Span): string | undefined {
  const exception = span.events.find((event) => event.name === 'exception');
  const message = exception?.attributes?.['exception.message'];
  const code = typeof message === 'string' ? /\(code: (\w+)\)$/.exec(message)?.[1] : undefined;
  return code === 'UNKNOWN' ? undefined : code;
}

function codeKind(code: string): string {
  return /^[0-9A-Z]{5}$/.test(code) ? 'SQLSTATE' : 'code';
}
