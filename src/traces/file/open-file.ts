import { openSync, readSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { SourceError } from '../trace-source.js';
import { opensDocument } from './trace-lines.js';

/** Enough to tell what a file is. */
const HEAD_BYTES = 8192;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What went wrong in reading, in a line for people. */
export function unreadable(label: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const code = codeOf(error);
  const say = (message: string): SourceError => new SourceError('UNREADABLE', message, error);
  if (code === 'Z_BUF_ERROR') return say(`${label}: the gzip is cut off; what came before is answered`);
  if (code.startsWith('Z_')) {
    return say(`${label}: the gzip is damaged (${code}); what came before is answered`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return say(`${label}: may not be read (${code}); check its permissions`);
  }
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return say(`${label}: a line of it takes too much memory; what came before is answered`);
  }
  return say(`${label} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

function missing(path: string, error: unknown): SourceError {
  const hint = /^[\w.-]+:\d+(\/|$)/.test(path)
    ? `; if it is a Jaeger, write http://${path}`
    : '; traces go to a file where GRANTS_OTEL_TRACE_FILE names one';
  return new SourceError('UNREADABLE', `${path}: no such file${hint}`, error);
}

async function look(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? missing(path, error) : unreadable(path, error);
  }
}

/** A file that can be read from any place. */
export interface SeekableFile {
  readonly kind: 'seekable';
  readonly fd: number;
  readonly bytes: number;
  /** Whether it begins as JSON does that stands over many lines. */
  readonly isDocument: boolean;
}

/** What is packed, or a pipe, can be read from its begin only. */
interface StreamFile {
  readonly kind: 'stream';
  readonly fd: number;
  readonly bytes: number | undefined;
}

/** Opens a file and looks at its first bytes. Throws a SourceError; the descriptor is the caller's to close. */
export async function openTraceFile(path: string): Promise<SeekableFile | StreamFile> {
  const stats = await look(path);
  if (stats.isDirectory()) {
    throw new SourceError('UNREADABLE', `${path} is a folder; name the trace file in it`);
  }
  try {
    const fd = openSync(path, 'r');
    if (!stats.isFile()) return { kind: 'stream', fd, bytes: undefined };
    const head = Buffer.alloc(HEAD_BYTES);
    const headBytes = head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0));
    const bytes = stats.size;
    if (isGzip(headBytes)) return { kind: 'stream', fd, bytes };
    return { kind: 'seekable', fd, bytes, isDocument: beginsDocument(headBytes) };
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Whether bytes begin as gzip does. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Whether the first line that is not blank may be the first of JSON over many lines. */
function beginsDocument(head: Buffer): boolean {
  const text = head.toString().replace(/^\uFEFF?\s*/, '');
  const line = text.split('\n', 1)[0] ?? '';
  return line.length < text.length && opensDocument(Buffer.from(line));
}
