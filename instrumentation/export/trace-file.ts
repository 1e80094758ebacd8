import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type EndOfFile, endOfFile } from './end-of-file.js';
import type { PackedBatch } from './packed-batch.js';
import type { JsonRequests } from './requests/json-requests.js';

/** A file of OTLP JSON lines, open to several processes at once. */
export interface TraceFile {
  /** Appends a batch as a line of its own, whole or not at all. Throws what the file system threw, or a `TraceFileFullError`. */
  append(batch: PackedBatch): void;
}

/** A pipe that nobody reads is no file to wait for: to open it fails, as does to write to one that is full. */
const APPEND_AT_ONCE =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0);

/** Makes a folder and those above it. Node's own way to do that does not return where there can be none, below `/proc` for one. */
function makeFolder(path: string, isLastTry = false): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    const { code } = error as NodeJS.ErrnoException;
    if (isLastTry || code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    makeFolder(path, true);
  }
}

/** Takes back what was written of a line, where no other process has appended since. */
function takeBack(fd: number, { written, sizeBefore }: { written: number; sizeBefore: number }): boolean {
  if (written === 0) return true;
  if (fstatSync(fd).size !== sizeBefore + written) return false;
  ftruncateSync(fd, sizeBefore);
  return true;
}

/** Writes all of `line`, in one call where the system takes it whole; leaves nothing of it behind when it fails. */
function writeLine(fd: number, line: Uint8Array): void {
  const sizeBefore = fstatSync(fd).size;
  let written = 0;
  try {
    while (written < line.length) {
      const count = writeSync(fd, line, written);
      if (count === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      written += count;
    }
  } catch (error) {
    if (!takeBack(fd, { written, sizeBefore })) writeSync(fd, '\n');
    throw error;
  }
}

/** What `append` throws from when on the next line would make the file too large. */
export class TraceFileFullError extends Error {
  readonly code = 'ERR_TRACE_FILE_FULL';

  constructor(maxBytes: number) {
    super(`it is full, ${maxBytes / BYTES_PER_MB} MB, as GRANTS_OTEL_TRACE_FILE_MAX_MB says`);
  }
}

const BYTES_PER_MB = 1_000_000;

const LINE_END = 10;

/** A line; where the one before it has no end, that comes first. */
function toLine(json: Uint8Array, isBehindOpenLine: boolean): Uint8Array {
  const start = isBehindOpenLine ? 1 : 0;
  const line = new Uint8Array(start + json.length + 1);
  line.fill(LINE_END, 0, start);
  line.set(json, start);
  line[line.length - 1] = LINE_END;
  return line;
}

class AppendedFile implements TraceFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #requests: JsonRequests;
  /** How large the file was when a line did not fit any more. */
  #fullAtBytes = Number.POSITIVE_INFINITY;
  /** How large it was with our last line: what is as large ends with that. */
  #endedAtBytes = 0;
  /** How large it was with a line that was left without its end. */
  #openAtBytes = -1;

  constructor({ path, maxMb }: TraceFileOptions, requests: JsonRequests) {
    this.#path = path;
    this.#requests = requests;
    this.#maxBytes = maxMb === undefined ? Number.POSITIVE_INFINITY : maxMb * BYTES_PER_MB;
  }

  append(batch: PackedBatch): void {
    makeFolder(dirname(this.#path));
    const fd = openSync(this.#path, APPEND_AT_ONCE, 0o600);
    try {
      // What others wrote counts. Two that look at the same moment may pass the limit by a line.
      if (fstatSync(fd).size >= this.#fullAtBytes) throw new TraceFileFullError(this.#maxBytes);
      const request = this.#requests.write(batch);
      const { size, isOpen } = this.#lookAtEnd(fd);
      const line = toLine(request, isOpen);
      this.#requests.release(request);
      if (size + line.length > this.#maxBytes) {
        this.#fullAtBytes = size;
        throw new TraceFileFullError(this.#maxBytes);
      }
      this.#fullAtBytes = Number.POSITIVE_INFINITY;
      writeLine(fd, line);
      this.#endedAtBytes = size + line.length;
    } finally {
      closeSync(fd);
    }
  }

  #lookAtEnd(fd: number): EndOfFile {
    const { size } = fstatSync(fd);
    if (size === this.#endedAtBytes) return { size, isOpen: false };
    const end = endOfFile(this.#path, fd, this.#openAtBytes);
    // Where it cannot be written to, it stays so: nobody is to wait for it with every batch.
    this.#openAtBytes = end.isOpen ? end.size : -1;
    return end;
  }
}

export interface TraceFileOptions {
  readonly path: string;
  /** In 10^6 bytes; undefined for no limit. */
  readonly maxMb: number | undefined;
}

/**
 * A trace file. Its folders are made when missing; it is made readable by its owner alone. It is opened anew for every batch, so that it may
 * be moved or deleted while the process runs. Past its limit nothing is written until it is moved, deleted or cut.
 */
export function createTraceFile(options: TraceFileOptions, requests: JsonRequests): TraceFile {
  return new AppendedFile(options, requests);
}
