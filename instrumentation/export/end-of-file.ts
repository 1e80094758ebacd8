import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const LINE_END = 10;
/** Should a pipe have come there, it is not waited for. */
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Another process that is just writing is through before that, or has the file grow meanwhile. */
const LOOKS_AT_THE_SAME = 20;
const MOST_LOOKS = 100;
const LOOK_EVERY_MS = 1;

/** The end of a file: how large it is, and whether its last line has no end. */
export interface EndOfFile {
  readonly size: number;
  readonly isOpen: boolean;
}

function isOpenAt(reader: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(reader, last, 0, 1, size - 1) === 1 && last[0] !== LINE_END;
}

/** `openAtBytes`: a size at which it is known to stay open. */
function lookAt(reader: number, openAtBytes: number): EndOfFile {
  let size = -1;
  let same = 0;
  for (let looks = 0; looks < MOST_LOOKS && same < LOOKS_AT_THE_SAME; looks++) {
    const now = fstatSync(reader).size;
    const isOpen = isOpenAt(reader, now);
    if (!isOpen || now === openAtBytes) return { size: now, isOpen };
    same = now === size ? same + 1 : 0;
    size = now;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  return { size, isOpen: true };
}

/**
 * Looks whether a file's last line was left without its end, as after a loss of power: what is appended would be part of it. `fd` is the file
 * at `path`, open for writing. What is no file, or may not be read, is taken for ended. Throws only where `fd` is none.
 */
export function endOfFile(path: string, fd: number, openAtBytes: number): EndOfFile {
  let reader: number | undefined;
  const written = fstatSync(fd);
  const ended = { size: written.size, isOpen: false };
  try {
    if (!written.isFile() || written.size === 0) return ended;
    reader = openSync(path, READ_AT_ONCE);
    const { ino, dev } = fstatSync(reader);
    return ino === written.ino && dev === written.dev ? lookAt(reader, openAtBytes) : ended;
  } catch {
    return ended;
  } finally {
    if (reader !== undefined) closeSync(reader);
  }
}
