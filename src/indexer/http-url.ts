/** True for a text that begins as an http(s) URL does: what tells a URL from a path. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}
