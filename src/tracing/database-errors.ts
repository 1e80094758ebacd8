import { causesOf } from './causes-of-error.js';
import { sqlStateInWords } from './sql-states.js';

/** What a span may say of an error that PostgreSQL answered, or of the statement that it was answered to. */
export interface DatabaseErrorNote {
  /** Empty for a statement. */
  readonly sqlState: string;
  /** SQLSTATE, constraint and table; the text of a statement without its values. */
  readonly message: string;
  /** Said in place of it where that is not said already. */
  readonly otherwise?: string;
}

/** All have a digit, which sets them apart from codes of the system (`EPIPE`). */
export const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;
const MOST_NOTES = 128;
/** A text shorter than this (of a RAISE, say) would be found in what has nothing to do with it, but where it stands alone behind a colon. */
const SHORTEST_SOUGHT = 8;

/**
 * PostgreSQL's own texts of the errors met lately, with what may be shown in their place. Kept on `globalThis`, because the preload meets
 * them first, and may be another copy of this file.
 */
const KEY = Symbol.for('grants-otel.database-errors');
const holder = globalThis as { [KEY]?: Map<string, DatabaseErrorNote> };
const notes = holder[KEY] ?? new Map<string, DatabaseErrorNote>();
holder[KEY] = notes;

/** The statements that failed lately and have values in their text; kept there as well. */
const STATEMENTS_KEY = Symbol.for('grants-otel.failed-statements');
const statementsHolder = globalThis as { [STATEMENTS_KEY]?: Map<string, DatabaseErrorNote> };
const statements = statementsHolder[STATEMENTS_KEY] ?? new Map<string, DatabaseErrorNote>();
statementsHolder[STATEMENTS_KEY] = statements;
const MOST_STATEMENTS = 32;
/** A longer one is quoted by nobody, or not whole. */
const LONGEST_STATEMENT = 8192;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** SQLSTATE, constraint and table of an error that PostgreSQL answered, or undefined for any other error. */
export function describeDatabaseError(error: unknown): DatabaseErrorNote | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, severity, constraint, table } = error as Record<string, unknown>;
  if (typeof code !== 'string' || !SQLSTATE.test(code) || !isText(severity)) return undefined;
  const parts = [sqlStateInWords(code)];
  if (isText(constraint)) parts.push(`constraint ${constraint}`);
  if (isText(table)) parts.push(`table ${table}`);
  return { sqlState: code, message: parts.join(', ') };
}

function remember(text: unknown, note: DatabaseErrorNote): void {
  if (!isText(text)) return;
  notes.delete(text);
  if (notes.size >= MOST_NOTES) notes.delete(notes.keys().next().value as string);
  notes.set(text, note);
}

/** Remembers PostgreSQL's texts of an error for a while; does nothing for any other error. */
export function noteDatabaseError(error: unknown): void {
  const note = describeDatabaseError(error);
  if (!note) return;
  const { message, detail } = error as { message?: unknown; detail?: unknown };
  remember(message, note);
  if (!isText(detail)) return;
  const ofDetail = { ...note, message: 'its detail', otherwise: note.message };
  remember(detail, ofDetail);
  // Some take it apart to tell key and value, and what comes after a second = gets lost.
  remember(detail.split('=').slice(0, 2).join('='), ofDetail);
}

/** Remembers the text of a statement that failed, with how it is shown, for a while: some quote it in their errors. */
export function noteFailedStatement(text: string, shown: string): void {
  const quoted = text.trim();
  if (quoted === shown || quoted.length > LONGEST_STATEMENT) return;
  statements.delete(quoted);
  if (statements.size >= MOST_STATEMENTS) statements.delete(statements.keys().next().value as string);
  statements.set(quoted, { sqlState: '', message: shown });
}

/** The note for an error by PostgreSQL's own text of it. */
export function noteOfText(text: string | undefined): DatabaseErrorNote | undefined {
  return text === undefined ? undefined : notes.get(text);
}

/** Where libraries keep the error that theirs stands for. */
const ONE_WITHIN = ['cause', 'parent', 'original', 'driverError'];
const MOST_WITHIN = 64;
/** Of errors that stand for several, which may stand for several each. */
const DEEPEST_LIST = 3;

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What an object has of its own there, unless a function of the application's has to tell. Never throws. */
function ownValue(of: object, key: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(of, key)?.value;
  } catch {
    // A proxy.
    return undefined;
  }
}

/** Some of the errors that one stands for: a list, or a map. */
function listWithin(error: object): object[] {
  const errors = ownValue(error, 'errors');
  if (!isObject(errors) || ArrayBuffer.isView(errors)) return [];
  if (Array.isArray(errors)) return errors.slice(0, MOST_WITHIN).filter(isObject);
  const found: object[] = [];
  for (const key in errors) {
    const value = ownValue(errors, key);
    if (isObject(value)) found.push(value);
    if (found.length >= MOST_WITHIN) break;
  }
  return found;
}

/** Errors, and what they stand for one by one, however deep. */
function withOnesWithin(errors: readonly object[]): object[] {
  const met = new Set(errors.slice(0, MOST_WITHIN));
  const most = met.size + MOST_WITHIN;
  for (const error of met) {
    for (const key of ONE_WITHIN) {
      const value = ownValue(error, key);
      if (isObject(value) && met.size < most) met.add(value);
    }
  }
  return [...met];
}

/** Whether PostgreSQL answered one of them. */
function noteEach(errors: readonly object[]): boolean {
  let isOfDatabase = false;
  for (const error of errors) {
    try {
      noteDatabaseError(error);
      isOfDatabase ||= describeDatabaseError(error) !== undefined;
    } catch {
      // A getter of the application's.
    }
  }
  return isOfDatabase;
}

/** Notes an error, and those within it, as far as they can be read; whether PostgreSQL answered one of them. */
function noteDatabaseErrorsIn(error: unknown): boolean {
  let isOfDatabase = false;
  let errors = [error, ...causesOf(error).map(({ cause }) => cause)].filter(isObject);
  for (let depth = 0; depth < DEEPEST_LIST && errors.length > 0; depth++) {
    const all = withOnesWithin(errors);
    if (noteEach(all)) isOfDatabase = true;
    try {
      errors = all.flatMap(listWithin);
    } catch {
      break;
    }
  }
  return isOfDatabase;
}

/** A text as it stands in JSON. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** How Drizzle tells of a query that failed, as it is or within JSON: at the end are the values of its parameters. */
const WITH_PARAMETERS = /(Failed query: [\s\S]*?)(?:\n|\\n)params: [\s\S]*$/;

/**
 * A message of the application's own with what it quotes of PostgreSQL put as a span may say it: it may have been copied from an error
 * that was met lately, or from one of the causes of `error`.
 */
export function withoutDatabaseTexts(message: string, error?: unknown): string {
  let shown = message.replace(WITH_PARAMETERS, '$1');
  const isOfDatabase = noteDatabaseErrorsIn(error);
  const found = new Map<string, DatabaseErrorNote>();
  const isIn = (text: string): boolean =>
    text.length >= SHORTEST_SOUGHT &&
    text.length <= shown.length &&
    (shown.includes(text) || shown.includes(inJson(text)));
  const quotes = [...notes, ...statements].filter(([text]) => isIn(text));
  if (quotes.length > 0) shown = shown.replaceAll('\0', '');
  // What is left of a longer one, when a shorter one within it was taken out, would not be found any more.
  for (const [text, note] of quotes.sort(([a], [b]) => b.length - a.length)) {
    // PostgreSQL's texts have no zeros in them: within a mark nothing is found.
    const mark = `\0${found.size}\x01`;
    for (const quoted of [text, inJson(text)]) shown = shown.split(quoted).join(mark);
    found.set(mark, note);
  }
  // The details last, which say less where the error is told already.
  const isDetail = ({ otherwise }: DatabaseErrorNote): number => (otherwise === undefined ? 0 : 1);
  for (const [mark, note] of [...found].sort(([, a], [, b]) => isDetail(a) - isDetail(b))) {
    const { message: told, otherwise = told } = note;
    shown = shown.split(mark).join(shown.includes(otherwise) ? told : otherwise);
  }
  return isOfDatabase ? withoutShortText(shown) : shown;
}

/** A message without a short text of PostgreSQL that it is, or that it ends with, behind a colon. */
function withoutShortText(message: string): string {
  const whole = notes.get(message);
  if (whole) return whole.otherwise ?? whole.message;
  const from = Math.max(0, message.length - SHORTEST_SOUGHT - 1);
  for (let at = message.indexOf(': ', from); at !== -1; at = message.indexOf(': ', at + 1)) {
    const note = notes.get(message.slice(at + 2));
    if (note) return `${message.slice(0, at + 2)}${note.otherwise ?? note.message}`;
  }
  return message;
}
