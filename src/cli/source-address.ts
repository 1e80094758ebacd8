/** Whether a source is meant to be a Jaeger rather than a file. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}
