/** A link as terminals know it, by OSC 8. Neither text nor address may have control characters. */
export function link(text: string, href: string): string {
  return `\u001b]8;;${href}\u0007${text}\u001b]8;;\u0007`;
}
