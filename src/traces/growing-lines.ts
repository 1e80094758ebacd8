import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** What happens to a file while it is followed. */
export type FileNews = 'gone' | 'back' | 'replaced' | 'truncated';

export interface GrowingLinesOptions {
  readonly path: string;
  /** Whether what is there already is read, too. */
  readonly fromStart: boolean;
  readonly signal: AbortSignal;
  readonly onNews: (news: FileNews) => void;
  /** Called once it is settled what counts as new. */
  readonly onReady: () => void;
}

const POLL_MS = 250;
const CHUNK_BYTES = 256 * 1024;
/** A line of this size is no batch; it is passed over. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

interface FollowedFile {
  readonly handle: FileHandle;
  readonly id: string;
  position: number;
}

interface FileState {
  /** The same for as long as it is the same file. */
  readonly id: string;
  readonly size: number;
}

/** Undefined where there is no such file. */
async function stateOf(path: string): Promise<FileState | undefined> {
  try {
    const { dev, ino, size } = await stat(path);
    return { id: `${dev}:${ino}`, size };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where the line begins that is being written at the end of a file. */
async function startOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const from = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, end - from, from);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline !== -1) return from + newline + 1;
  }
  return 0;
}

/** Splits what comes into whole lines, and keeps the one that is not. */
function createLineBuffer() {
  let pieces: Buffer[] = [];
  let byteCount = 0;
  return {
    reset(): void {
      pieces = [];
      byteCount = 0;
    },
    take(chunk: Buffer): string[] {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        pieces.push(chunk.subarray(from, at));
        byteCount += at - from;
        if (byteCount <= MAX_LINE_BYTES) lines.push(Buffer.concat(pieces).toString('utf8'));
        this.reset();
        from = at + 1;
      }
      // The chunk is overwritten by the next read.
      if (byteCount <= MAX_LINE_BYTES) pieces.push(Buffer.from(chunk.subarray(from)));
      else pieces = [];
      byteCount += chunk.length - from;
      return lines;
    },
  };
}

/** Opens a file; undefined where it has just gone. */
async function openFile(path: string, skips: boolean): Promise<FollowedFile | undefined> {
  const state = await stateOf(path);
  if (state === undefined) return undefined;
  const handle = await open(path, 'r');
  const { dev, ino, size } = await handle.stat();
  return { handle, id: `${dev}:${ino}`, position: skips ? await startOfLastLine(handle, size) : 0 };
}

/** What is new in a file, in lines. */
async function* newLines(
  file: FollowedFile,
  lines: ReturnType<typeof createLineBuffer>,
): AsyncGenerator<string> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.handle.read(buffer, 0, CHUNK_BYTES, file.position);
    if (bytesRead === 0) return;
    file.position += bytesRead;
    yield* lines.take(buffer.subarray(0, bytesRead));
  }
}

/**
 * The lines that come to be in a file, as `tail -F` sees them: each when its end is written; of a file that is truncated, or another one
 * in its place, from the start. A file that is not there is waited for. Ends when the signal aborts.
 * @throws what opening or reading throws, other than that there is no such file.
 */
export async function* growingLines(options: GrowingLinesOptions): AsyncGenerator<string> {
  const { path, fromStart, signal, onNews, onReady } = options;
  const lines = createLineBuffer();
  let file: FollowedFile | undefined;
  let isFirst = true;
  let isGone = false;
  const tell = (news: FileNews, gone = false): void => {
    if (news === 'gone' && isGone) return;
    onNews(news);
    isGone = gone;
  };
  try {
    while (!signal.aborted) {
      const state = await stateOf(path);
      if (state === undefined) tell('gone', true);
      else if (file?.id !== state.id) {
        if (file !== undefined) yield* newLines(file, lines);
        await file?.handle.close();
        if (isGone) tell('back');
        else if (file !== undefined) tell('replaced');
        file = await openFile(path, isFirst && !fromStart);
        lines.reset();
      } else {
        if (isGone) tell('back');
        if (state.size < file.position) {
          tell('truncated');
          file.position = 0;
          lines.reset();
        }
      }
      if (isFirst) onReady();
      isFirst = false;
      if (file !== undefined) yield* newLines(file, lines);
      await delay(POLL_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    await file?.handle.close();
  }
}
