import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** A file of OTLP JSON lines, open to several processes at once. */
export interface TraceFile {
  /** Appends the spans as one line, whole or not at all. Throws what the file system threw. */
  append(spans: ReadableSpan[]): void;
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

/**
 * A trace file at `path`. Its folders are made when missing; it is made readable by its owner alone. It is opened anew for every batch, so
 * that it may be moved or deleted while the process runs.
 */
export function createTraceFile(path: string): TraceFile {
  return {
    append: (spans) => {
      const json = JsonTraceSerializer.serializeRequest(spans);
      if (!json) return;
      const line = new Uint8Array(json.length + 1);
      line.set(json);
      line[json.length] = 10;
      mkdirSync(dirname(path), { recursive: true });
      const fd = openSync(path, 'a', 0o600);
      try {
        writeLine(fd, line);
      } finally {
        closeSync(fd);
      }
    },
  };
}
