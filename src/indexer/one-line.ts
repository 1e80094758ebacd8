/**
 * Text that may hold what came from outside, as one line that a terminal can show: ends of lines become spaces, other control characters
 * are written as JSON writes them.
 */
export function oneLine(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
