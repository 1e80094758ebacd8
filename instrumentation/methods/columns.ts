import type { Attributes, Context, Span } from '@opentelemetry/api';
import { type TraceAttributes, toSpanAttribute } from '../../src/tracing/attributes.js';
import { type OnAnswer, onAnswerOf, spanOf } from '../../src/tracing/step-context.js';
import { RecordedSpan } from '../recorder/recorded-span.js';

type Columns = Readonly<Record<string, keyof TraceAttributes>>;

function onlyRow(answer: unknown): Readonly<Record<string, unknown>> | undefined {
  const { rows } = (answer ?? {}) as { rows?: unknown };
  const row: unknown = Array.isArray(rows) && rows.length === 1 ? rows[0] : undefined;
  return typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : undefined;
}

/** Reads some columns of the answers of one step, each where it is there first. */
class ColumnsOfStep {
  private readonly columns: readonly (readonly [string, keyof TraceAttributes])[];
  private known: readonly string[] = [];

  constructor(columns: readonly (readonly [string, keyof TraceAttributes])[]) {
    this.columns = columns;
  }

  /** Undefined where the answer has none, or cannot be read. */
  of(answer: unknown): Attributes | undefined {
    try {
      const row = onlyRow(answer);
      return row && this.ofRow(row);
    } catch {
      return undefined;
    }
  }

  private ofRow(row: Readonly<Record<string, unknown>>): Attributes | undefined {
    let found: Attributes | undefined;
    for (const [column, attribute] of this.columns) {
      const value = row[column];
      if (value === undefined || value === null || this.known.includes(column)) continue;
      this.known = [...this.known, column];
      const wire = toSpanAttribute(attribute, value);
      if (wire === undefined) continue;
      found ??= {};
      found[attribute] = wire;
    }
    return found;
  }
}

/**
 * Makes what tells a step what the statements directly below it answer of some columns: one for each step. `isReadLater`: the application
 * does not change an answer, so that it can be read when there is time.
 */
export function columnsHearer(columns: Columns, isReadLater: boolean): () => OnAnswer {
  const entries = Object.entries(columns) as [string, keyof TraceAttributes][];
  return () => {
    const ofStep = new ColumnsOfStep(entries);
    return (answer, step) => {
      if (!step.isRecording()) return;
      if (isReadLater && step instanceof RecordedSpan) {
        step.later(() => {
          const found = ofStep.of(answer);
          if (found) step.setLate(found);
        });
        return;
      }
      const found = ofStep.of(answer);
      if (found) step.setAttributes(found);
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
