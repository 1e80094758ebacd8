import { randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { access, constants, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** A page that cannot be written. The message is one line: what was found, and what to do. */
export class PageError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'PageError';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function pageError(path: string, error: unknown): PageError {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new PageError(
      `${path} cannot be written: there is no folder ${dirname(path)}; make it first`,
      error,
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new PageError(`${path} may not be written (${code}); name another place with --out`, error);
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PageError(`${path} cannot be written: the disk is full (${code})`, error);
  }
  return new PageError(
    `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    error,
  );
}

/** What there is under a path: nothing, a file that can be replaced, or something else, such as a pipe. */
async function kindOf(path: string): Promise<'nothing' | 'file' | 'folder' | 'other'> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? 'file' : 'other';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'nothing';
    throw error;
  }
}

/** What a page of ours, or another, begins with. */
const BEGINNING_OF_PAGE = /^\uFEFF?\s*(?:<!--[\s\S]*?-->\s*)*<(!doctype html|html)\b/i;
const BEGINNING_BYTES = 1024;

/**
 * Looks, before any work is done, whether a page can be written there.
 * @throws PageError where it cannot.
 */
export async function checkPagePath(path: string): Promise<void> {
  try {
    const kind = await kindOf(path);
    if (kind === 'folder')
      throw new PageError(`${path} is a folder; name the file in it: --out ${join(path, 'report.html')}`);
    if (kind === 'other') await access(path, constants.W_OK);
    else await access(dirname(await behindLinks(path)), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw error instanceof PageError ? error : pageError(path, error);
  }
}

/**
 * Looks whether what a page would take the place of is one, or nothing.
 * @throws PageError where it has something else in it: traces, perhaps, that nobody wants replaced.
 */
export async function checkReplaced(path: string): Promise<void> {
  try {
    if ((await kindOf(path)) !== 'file') return;
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
      if (bytesRead === 0 || BEGINNING_OF_PAGE.test(buffer.toString('utf8', 0, bytesRead))) return;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw pageError(path, error);
  }
  throw new PageError(`${path} is a file that is no page, and would be lost; name another file with --out`);
}

/** The file itself, where the path is a link to one. */
async function behindLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw error;
  }
}

/** Links behind links that are followed; more are a circle. */
const MOST_LINKS = 40;

/** Where a path leads that nothing is at yet, be it a link. */
async function placeOfNothing(path: string, links = 0): Promise<string | undefined> {
  const link = await readlink(path).catch(() => undefined);
  if (link !== undefined)
    return links < MOST_LINKS
      ? placeOfNothing(resolve(await realpath(dirname(path)), link), links + 1)
      : undefined;
  return join(await realpath(dirname(path)), basename(path));
}

/** What a path is the same file by as others; a number is that of an open file. */
async function placeOf(file: string | number): Promise<string | undefined> {
  try {
    const found = typeof file === 'number' ? fstatSync(file) : await stat(file);
    // What is no file, as `/dev/null`, has no contents to be replaced.
    return found.isFile() ? `${found.dev}:${found.ino}` : undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? placeOfNothing(resolve(String(file))) : undefined;
  }
}

/** Whether two are one file, by whatever names; a number is that of an open file. False where one of them cannot be looked at. */
export async function isSameFile(one: string | number, other: string | number): Promise<boolean> {
  try {
    const place = await placeOf(one);
    return place !== undefined && place === (await placeOf(other));
  } catch {
    return false;
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Puts a new file in the place of the one before, for the same readers. */
async function replace(path: string, text: string): Promise<void> {
  const mode = await modeOf(path);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      if (mode !== undefined) await file.chmod(mode);
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeInto(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/**
 * Writes a page: all of it or nothing, and whoever opens it meanwhile sees the one before. A pipe or a device is written to as it is.
 * @throws PageError where that cannot be done.
 */
export async function writePage(path: string, text: string): Promise<void> {
  try {
    if ((await kindOf(path)) === 'other') await writeInto(path, text);
    else await replace(await behindLinks(path), text);
  } catch (error) {
    throw pageError(path, error);
  }
}
