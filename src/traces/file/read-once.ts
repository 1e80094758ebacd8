import { statSync } from 'node:fs';

/** Whether what is at a path can be read but once: the standard input (`-`), a pipe. */
export function isReadOnce(path: string): boolean {
  if (path === '-') return true;
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    // Whoever reads it tells that it is not there.
    return false;
  }
}
