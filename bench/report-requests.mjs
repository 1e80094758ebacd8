// Preloaded by the measurements: tells what addresses the process asked for, one a line.
import { writeSync } from 'node:fs';

const { fetch } = globalThis;
globalThis.fetch = (address, options) => {
  writeSync(2, `asked=${address}\n`);
  return fetch(address, options);
};
