import type { Context, Span } from '@opentelemetry/api';
import { type TraceAttributes, toSpanAttribute } from '../../src/tracing/attributes.js';
import { type OnAnswer, onAnswerOf, spanOf } from '../../src/tracing/step-context.js';

type Columns = Readonly<Record<string, keyof TraceAttributes>>;

function onlyRow(answer: unknown): Readonly<Record<string, unknown>> | undefined {
  const { rows } = (answer ?? {}) as { rows?: unknown };
  const row: unknown = Array.isArray(rows) && rows.length === 1 ? rows[0] : undefined;
  return typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : undefined;
}

/** Makes what tells a step what the statements directly below it answer of some columns: one for each step. */
export function columnsHearer(columns: Columns): () => OnAnswer {
  const entries = Object.entries(columns);
  return () => {
    let known: readonly string[] = [];
    return (answer, step) => {
      try {
        const row = onlyRow(answer);
        if (!row) return;
        for (const [column, attribute] of entries) {
          const value = row[column];
          if (value === undefined || value === null || known.includes(column)) continue;
          known = [...known, column];
          const wire = toSpanAttribute(attribute, value);
          if (wire !== undefined) step.setAttribute(attribute, wire);
        }
      } catch {
        // An answer that cannot be read.
      }
    };
  };
}

const contextOfStatement = new WeakMap<Span, Context>();

/** Remembers below which step a statement is, if somebody hears its answer. */
export function noteStatement(span: Span, parent: Context): void {
  if (onAnswerOf(parent)) contextOfStatement.set(span, parent);
}

/** Has the answer of a statement heard. */
export function hearAnswer(span: Span, answer: unknown): void {
  const parent = contextOfStatement.get(span);
  if (parent) hearAnswerBelow(parent, answer);
}

/** Has the answer of a statement heard, by the context that it was called in. */
export function hearAnswerBelow(parent: Context, answer: unknown): void {
  const step = spanOf(parent);
  if (step) onAnswerOf(parent)?.(answer, step);
}
