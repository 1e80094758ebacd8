/** Whether a function is a generator, which has done nothing yet when it returns: a span around the call would tell nothing. */
export function isGenerator(of: unknown): boolean {
  return /Generator/.test(Object.prototype.toString.call(of));
}
