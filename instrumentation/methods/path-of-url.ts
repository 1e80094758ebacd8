import { fileURLToPath } from 'node:url';

/** A path with `/` only, whatever the system's separator is. */
export function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** The path of a file, with `/` only. Throws where the URL is no file's. */
export function pathOfUrl(url: string): string {
  return withSlashes(fileURLToPath(url.replace(/[?#].*$/, '')));
}
