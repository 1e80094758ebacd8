import type { MethodRow } from '../../src/tracing/method-table.js';
import { standInBelow, type Wrap } from './stand-in.js';
import { wrapBatch, wrapEvent, wrapNext } from './wrap-event.js';
import { wrapStep } from './wrap-step.js';

/** What a row wraps, as lines and reports call it. */
export function idOf(row: MethodRow): string {
  const { file, method, field } = row;
  return [`${file} ${row.export}`, field ?? method].filter((part) => part !== undefined).join('.');
}

/** What stands in for something, by the row that it does so for: a file may be both imported and required, a field shared by instances. */
const standIns = new WeakMap<MethodRow, WeakSet<object>>();

/** What stands in for what a row names, so far. */
export function standInsOf(row: MethodRow): WeakSet<object> {
  const found = standIns.get(row) ?? new WeakSet();
  standIns.set(row, found);
  return found;
}

/** Makes what stands in for what a row names: one that does so already is left as it is. */
export function wrapFor(row: MethodRow): Wrap {
  const id = idOf(row);
  const wrap =
    row.as === 'event'
      ? wrapEvent(row, id)
      : row.as === 'next'
        ? wrapNext(row, id)
        : row.as === 'batch'
          ? wrapBatch(row, id)
          : wrapStep(row, id);
  const own = standInsOf(row);
  return (original, key) => {
    if (own.has(original)) return original;
    const wrapped = standInBelow(wrap(original, key), original);
    own.add(wrapped);
    return wrapped;
  };
}
