/**
 * Runs of what must not reach a terminal as it is: control characters, C1 included, and those that turn the direction of text or end a
 * line.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;
