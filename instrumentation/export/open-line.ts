import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const LINE_END = 10;
/** Should a pipe have come there, it is not waited for. */
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Another process that is just writing is through long before that. */
const MOST_LOOKS = 100;
const LOOK_EVERY_MS = 1;

/** Whether the last byte of a file is no line end; false for an empty one. */
function isOpenNow(reader: number): boolean {
  const { size } = fstatSync(reader);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(reader, last, 0, 1, size - 1) === 1 && last[0] !== LINE_END;
}

function staysOpen(reader: number): boolean {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    if (!isOpenNow(reader)) return false;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  return true;
}

/**
 * Whether a file's last line was left without its end, as after a loss of power: what is appended would be part of it. `fd` is the file
 * at `path`, open for writing. False for what is no file, or may not be read. Never throws.
 */
export function hasOpenLine(path: string, fd: number): boolean {
  let reader: number | undefined;
  try {
    const written = fstatSync(fd);
    if (!written.isFile() || written.size === 0) return false;
    reader = openSync(path, READ_AT_ONCE);
    const { ino, dev } = fstatSync(reader);
    return ino === written.ino && dev === written.dev && staysOpen(reader);
  } catch {
    return false;
  } finally {
    if (reader !== undefined) closeSync(reader);
  }
}
