import { fileURLToPath } from 'node:url';

/** The path of a file, with `/` only. Throws where the URL is no file's. */
export function pathOfUrl(url: string): string {
  return fileURLToPath(url.replace(/[?#].*$/, '')).replaceAll('\\', '/');
}
