import type { Span, SpanContext } from '@opentelemetry/api';
import type { TraceAttributes } from '../../src/tracing/attributes.js';
import type { Step } from '../../src/tracing/trace-step.js';

/** Which columns of the statements directly below a step are attributes of it. */
interface ColumnsOfStep {
  readonly step: Step;
  readonly columns: Readonly<Record<string, keyof TraceAttributes>>;
  readonly known: Set<string>;
}

/** By the context of the step's span, the very object that its children have as their parent's. */
const stepOf = new WeakMap<SpanContext, ColumnsOfStep>();
const stepOfStatement = new WeakMap<Span, ColumnsOfStep>();

/** Has the statements directly below `step` looked at for `columns`. */
export function watchColumns(step: Step, columns: ColumnsOfStep['columns']): void {
  stepOf.set(step.link.context, { step, columns, known: new Set() });
}

/** Remembers whose columns a statement may answer; `span` is that of the statement. */
export function noteStatement(span: Span & { readonly parentSpanContext?: SpanContext }): void {
  const found = span.parentSpanContext && stepOf.get(span.parentSpanContext);
  if (found) stepOfStatement.set(span, found);
}

/** Tells the step of a statement what its answer has of the columns; must not throw. */
export function readColumns(span: Span, answer: unknown): void {
  const found = stepOfStatement.get(span);
  if (!found) return;
  try {
    const { rows } = (answer ?? {}) as { rows?: unknown };
    const row: unknown = Array.isArray(rows) && rows.length === 1 ? rows[0] : undefined;
    if (typeof row !== 'object' || row === null) return;
    for (const [column, attribute] of Object.entries(found.columns)) {
      const value = (row as Record<string, unknown>)[column];
      if (value === undefined || value === null || found.known.has(column)) continue;
      found.known.add(column);
      found.step.setAttributes({ [attribute]: value });
    }
  } catch {
    // An answer that cannot be read.
  }
}
