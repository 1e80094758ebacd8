/** Roots of traces that nobody would look for: a look for new events that found none, every second. */
const leftOut = new WeakSet<object>();

/** Leaves the trace that begins with a span out of the export, unless it was slow or failed. */
export function leaveOut(root: object): void {
  leftOut.add(root);
}

/** Whether the trace that begins with a span is left out. */
export function isLeftOut(root: object): boolean {
  return leftOut.has(root);
}
