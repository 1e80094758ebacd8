import { context, type Span, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { MethodCall, StepRow, Told } from '../../src/tracing/method-table.js';
import { setEventAttributes } from '../../src/tracing/trace-event.js';
import { type Step, traceStep } from '../../src/tracing/trace-step.js';
import { watchColumns } from './columns.js';
import { ask } from './guarded.js';
import { lookAt } from './look-at.js';
import { passThrough, type Wrap } from './stand-in.js';

/** The names of the steps that were made below a span by rows that ask for one only. */
const madeOnce = new WeakMap<Span, Set<string>>();

function isFirst(parent: Span | undefined, name: string): boolean {
  if (!parent) return true;
  const made = madeOnce.get(parent);
  if (made?.has(name)) return false;
  if (made) made.add(name);
  else madeOnce.set(parent, new Set([name]));
  return true;
}

function tell(told: Told | undefined, step: Step): void {
  if (told?.step) step.setAttributes(told.step);
  if (told?.event) setEventAttributes(told.event);
}

function runStep(
  row: StepRow,
  of: { id: string; name: string; call: MethodCall },
  run: () => unknown,
): unknown {
  const { id, name, call } = of;
  const { before, after, columns, isLeaf } = row;
  const told = before && ask(id, () => row.before?.(call));
  const options = told?.step ? { name, attributes: told.step } : name;
  return traceStep(options, (step) => {
    if (told?.event) setEventAttributes(told.event);
    if (columns) watchColumns(step, columns);
    const result = isLeaf ? context.with(suppressTracing(context.active()), run) : run();
    if (!after) return result;
    return lookAt(result, (value) =>
      tell(
        ask(id, () => row.after?.(value as never, call)),
        step,
      ),
    );
  });
}

/** Makes a step of a function. What the function returns or throws is passed on (see `traceStep`). */
export function wrapStep(row: StepRow, id: string): Wrap {
  const { name, isRoot = false, once = false } = row;
  return (original, key) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const parent = trace.getActiveSpan();
      if (!isRoot && !parent?.isRecording()) return passThrough(original, this, args);
      const call: MethodCall = { args, self: this, ...(key === undefined ? {} : { key }) };
      const stepName = typeof name === 'string' ? name : ask(id, () => name(call));
      // A method that calls another one of the same name is one step.
      if (stepName === undefined || (parent as { name?: string } | undefined)?.name === stepName)
        return passThrough(original, this, args);
      const of = { id, name: stepName, call };
      if (!once || isFirst(parent, stepName)) return runStep(row, of, () => original.apply(this, args));
      try {
        return original.apply(this, args);
      } catch (error) {
        return runStep(row, of, () => {
          throw error;
        });
      }
    };
}
