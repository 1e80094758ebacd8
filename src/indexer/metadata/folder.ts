import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadEventError } from '../bad-event-error.js';

/**
 * The text of `<folder>/<cid>.json`; the caller has checked that `cid` is no path.
 * @throws BadEventError MISSING_DOCUMENT
 */
export async function readFromFolder(folder: string, cid: string): Promise<string> {
  const path = join(folder, `${cid}.json`);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const found = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new BadEventError('MISSING_DOCUMENT', `document ${cid}: expected it in ${path}; ${found}`, {
      cause,
    });
  }
}
