import type { Reading } from './reading.js';

/** One header of a request. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** Reads `name: value`, as HTTP allows it. */
export function readHeader(text: string): Reading<Header> {
  const at = text.indexOf(':');
  const header = {
    name: text.slice(0, Math.max(at, 0)).trim().toLowerCase(),
    value: text.slice(at + 1).trim(),
  };
  try {
    new Headers([[header.name, header.value]]);
    return { value: header };
  } catch {
    return { expected: "a header ('authorization: Bearer …')" };
  }
}
