import { type Context, SpanStatusCode } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { noteOfText, SQLSTATE } from '../../src/tracing/database-errors.js';
import { fitToShow } from '../../src/tracing/fit-to-show.js';
import { sqlStateInWords } from '../../src/tracing/sql-states.js';
import { SCOPE_NAME } from '../../src/tracing/tracer.js';
import { textOfCode } from '../errors-without-text.js';
import { noteStatement } from '../methods/columns.js';
import { rewriteSpan, setOwnAttribute } from '../own-attribute.js';
import { RecordedSpan } from '../recorder/recorded-span.js';
import { createSqlReader, queryName } from '../sql-statement.js';
import { doNothing } from './guarded-processor.js';

const PG_SCOPE = '@opentelemetry/instrumentation-pg';
const QUERY = 'pg.query';
const CONNECT = 'pg.connect';
const MOST_FAILED = 100;
/** Where the statement's text is, by the stable conventions and by the older ones, which a host's own instrumentation may follow. */
const STATEMENT_KEYS: readonly string[] = ['db.query.text', 'db.statement'];
const NONE: readonly string[] = [];

const SYSTEM_KEYS = ['db.system.name', 'db.system'] as const;
/** What speaks PostgreSQL; strings are written otherwise elsewhere. */
const POSTGRESQL = /postgres|cockroach|redshift/i;

/**
 * Makes the SQL spans of the stock instrumentation fit to be shown: named after what the statement does (also behind a CTE, a line break or
 * a statement's name), the text without values, a failure told by SQLSTATE, constraint and table instead of PostgreSQL's text, which
 * quotes rows; that also where a span of the application's own has it.
 */
export class SqlSpansProcessor implements SpanProcessor {
  readonly #read = createSqlReader();
  readonly #areTextsNoted: boolean;
  /** The pool spans under which a connection has just failed: the exception stands on that connection's span. */
  readonly #failedBelow = new Set<string>();
  #started: Span | undefined;

  /** `areTextsNoted`: every text of PostgreSQL's is known as such, so that what is not known can be shown. */
  constructor({ areTextsNoted }: { areTextsNoted: boolean }) {
    this.#areTextsNoted = areTextsNoted;
  }

  onStart(span: Span, parent: Context): void {
    if (span.instrumentationScope.name !== PG_SCOPE || !span.name.startsWith(QUERY) || isFitToShow(span))
      return;
    this.#started = span;
    noteStatement(span, parent);
  }

  /** The span of a statement that the stock instrumentation started last, if any since this was last asked. */
  takeStarted(): Span | undefined {
    const started = this.#started;
    this.#started = undefined;
    return started;
  }

  onEnding(span: Span): void {
    const scope = span.instrumentationScope.name;
    if (scope !== PG_SCOPE) {
      if (scope !== SCOPE_NAME && isPostgreSql(span)) this.#showForeign(span);
      if (span.status.code === SpanStatusCode.ERROR || span.events.length > 0) withoutTextsOf(span);
      return;
    }
    for (const key of isFitToShow(span) ? NONE : STATEMENT_KEYS) {
      const statement = span.attributes[key];
      if (typeof statement === 'string') this.#show(span, { key, statement });
    }
    if (span.status.code === SpanStatusCode.ERROR && !span.attributes['interrupted'])
      this.#explainFailure(span);
  }

  readonly onEnd = doNothing;

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #show(span: Span, { key, statement }: { key: string; statement: string }): void {
    const { operation, text } = this.#read(statement);
    const database = span.attributes['db.namespace'] ?? span.attributes['db.name'];
    const name = queryName(operation, database);
    if (name !== span.name) rewriteSpan(span, { name });
    if (text !== statement) setOwnAttribute(span, key, text);
  }

  /** The span of another instrumentation, of a query builder's perhaps: what it is called is its own matter. */
  #showForeign(span: Span): void {
    for (const key of STATEMENT_KEYS) {
      const statement = span.attributes[key];
      if (typeof statement !== 'string') continue;
      const { text } = this.#read(statement);
      setOwnAttribute(span, key, text);
      // Query builders quote the statement where it fails.
      if (statement.trim() !== '') rewriteTexts(span, (told) => told.replaceAll(statement, () => text));
    }
    const { code, message } = span.status;
    if (this.#areTextsNoted || code !== SpanStatusCode.ERROR || noteOfText(message)) return;
    const shown = messageWithout(codeOf(span), undefined);
    tellFailure(span, shown);
  }

  #explainFailure(span: Span): void {
    const note = noteOfText(span.status.message);
    const told = toldOf(span);
    const code = note?.sqlState ?? told.code;
    const isKnown = this.#areTextsNoted || !span.name.startsWith(QUERY);
    const message = note?.message ?? messageWithout(code, isKnown ? span.status.message : undefined);
    const type = code ?? told.name;
    setOwnAttribute(span, 'error.type', type);
    if (note) setOwnAttribute(span, 'db.response.status_code', note.sqlState);
    this.#recordOnce(span);
    tellFailure(span, message, type);
  }

  #recordOnce(span: Span): void {
    if (this.#failedBelow.delete(span.spanContext().spanId) && span.events.length > 0) {
      span.events.splice(0, span.events.length, ...span.events.filter((event) => event.name !== 'exception'));
    }
    if (span.name === CONNECT && span.parentSpanContext) {
      if (this.#failedBelow.size >= MOST_FAILED) this.#failedBelow.clear();
      this.#failedBelow.add(span.parentSpanContext.spanId);
    }
  }
}

/** Whether it was started with its name and text as they are shown: those that have attributes in common are. */
function isFitToShow(span: Span): boolean {
  return span instanceof RecordedSpan && span.shared !== undefined;
}

/** Has a span tell a failure by a message alone, and of the error what kind it is: `type`, or what it says itself. */
function tellFailure(span: Span, message: string, type?: string): void {
  rewriteSpan(span, { status: { code: SpanStatusCode.ERROR, message } });
  for (const event of span.events) {
    if (event.name !== 'exception') continue;
    const kind = type ?? event.attributes?.['exception.type'] ?? 'Error';
    event.attributes = { 'exception.type': kind, 'exception.message': message };
  }
}

/** A span of the application's own that quotes PostgreSQL, in its status or in an exception that it recorded, quotes rows; one that quotes URLs, keys. */
function withoutTextsOf(span: Span): void {
  rewriteTexts(span, (text) => fitToShow(text));
}

/** Rewrites what a span says of a failure, in its status and in exceptions. */
function rewriteTexts(span: Span, rewrite: (text: string) => string): void {
  const { code, message } = span.status;
  if (message !== undefined) rewriteSpan(span, { status: { code, message: rewrite(message) } });
  for (const { name, attributes } of span.events) {
    if (name !== 'exception' || !attributes) continue;
    for (const key of ['exception.message', 'exception.stacktrace']) {
      const value = attributes[key];
      if (typeof value === 'string') attributes[key] = rewrite(value);
    }
  }
}

/** Whether it is of a statement for PostgreSQL, or may be: not all tell for whom it is. */
function isPostgreSql({ attributes }: Span): boolean {
  if (!STATEMENT_KEYS.some((key) => key in attributes)) return false;
  const system = SYSTEM_KEYS.map((key) => attributes[key]).find((found) => found !== undefined);
  return system === undefined || POSTGRESQL.test(String(system));
}

/** Name and code of the error, which the stock instrumentation puts into the exception's message: "… type 'Error' occurred (code: 57014)". */
function toldOf(span: Span): { name: string; code: string | undefined } {
  const exception = span.events.find((event) => event.name === 'exception');
  const message = String(exception?.attributes?.['exception.message']);
  const [, name = 'Error', code] = /type '(\w+)' occurred \(code: (\w+)\)$/.exec(message) ?? [];
  return { name, code: code === 'UNKNOWN' ? undefined : code };
}

/** The code of the error, where a span has one as the type of its exception, as the SDK puts it there. */
function codeOf(span: Span): string | undefined {
  const type = span.events.find(({ name }) => name === 'exception')?.attributes?.['exception.type'];
  return typeof type === 'string' && /^[0-9A-Z_]{5,}$/.test(type) ? type : undefined;
}

/** What `pg` itself or the system says quotes no row: a connection lost, a pool that was full too long. */
function messageWithout(code: string | undefined, text: string | undefined): string {
  if (code !== undefined && SQLSTATE.test(code)) return sqlStateInWords(code);
  if (text) return text;
  return code === undefined
    ? 'the reason is not shown: it may quote rows'
    : textOfCode(code) || `code ${code}`;
}
