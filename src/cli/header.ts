import { readHeader as parseHeader } from '../traces/jaeger/jaeger-address.js';
import type { Reading } from './reading.js';

/** One header of a request, its name in lower case. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** Reads `name: value`, as HTTP allows it. */
export function readHeader(text: string): Reading<Header> {
  const value = parseHeader(text);
  return value === undefined ? { expected: "a header ('authorization: Bearer …')" } : { value };
}
