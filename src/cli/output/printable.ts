import { UNSAFE } from '../../tracing/unsafe-characters.js';

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text on one line that does nothing to a terminal: what would is shown as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (run) => [...run].map(escapeCharacter).join(''));
}
