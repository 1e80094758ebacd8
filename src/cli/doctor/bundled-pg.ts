import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Texts of `pg` that no bundler or minifier takes out. */
const TEXTS_OF_PG = [
  'Client has already been connected. You cannot reuse a client.',
  'SASL: SCRAM-SERVER-FINAL-MESSAGE',
];
const MOST_FILES = 500;
const MOST_BYTES = 64 * 2 ** 20;

async function containsPg(file: string): Promise<boolean> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) return false;
    const bytes = await readFile(file);
    return TEXTS_OF_PG.some((text) => bytes.includes(text));
  } catch {
    return false;
  }
}

/** A file that has `pg` in it: the program itself, or one beside it, which it may use or not. */
interface Bundle {
  readonly file: string;
  readonly isBeside: boolean;
}

/** Looks for `pg` in the program, then in the JavaScript files beside it, where bundlers put their chunks. */
export async function findBundledPg(program: string | undefined): Promise<Bundle | undefined> {
  if (program === undefined) return undefined;
  try {
    const file = await realpath(program);
    const folder = dirname(file);
    const beside = (await readdir(folder)).filter((name) => /\.[cm]?js$/.test(name)).slice(0, MOST_FILES);
    for (const candidate of new Set([file, ...beside.map((name) => join(folder, name))])) {
      if (await containsPg(candidate)) return { file: candidate, isBeside: candidate !== file };
    }
  } catch {
    // Not a file: nothing that could be looked into.
  }
  return undefined;
}
