import { printable } from './printable.js';

/** An array of objects, one a line; safe to look at in a terminal, the escapes being JSON's own. */
export function jsonArray(objects: readonly Readonly<Record<string, unknown>>[]): string {
  if (objects.length === 0) return '[]\n';
  return `[\n${objects.map((object) => `  ${printable(JSON.stringify(object))}`).join(',\n')}\n]\n`;
}
