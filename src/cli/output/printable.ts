/** Control characters, C1 included, and those that turn the direction of text or end a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text on one line that does nothing to a terminal: what would is shown as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}
