/**
 * Who called the function `callee`, which is running: the nearest first, `most` of them at most. Undefined where that cannot be told, the
 * application having frozen what all errors share. Never throws.
 */
export function callSites(
  callee: (...args: never[]) => unknown,
  most: number,
): readonly NodeJS.CallSite[] | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = most;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, callee);
    return Array.isArray(holder.stack) ? holder.stack : undefined;
  } catch {
    return undefined;
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
  }
}
