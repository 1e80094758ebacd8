import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Line, LONGEST_LINE_BYTES, linesOf } from './lines.js';
import { readEventText } from './read-event.js';
import { type BatchOptions, type Source, type SourceItem, SourceUnavailableError } from './source.js';

/** A batch ends early past so many characters, so that lines of megabytes do not fill the memory. */
const LARGEST_BATCH_CHARACTERS = 8 * 1024 * 1024;

function toItem(line: Line, name: string): SourceItem {
  const position = `${name}:${line.number}`;
  if (!line.isTooLong) return readEventText(line.text, position);
  const reason = `expected a line of at most ${LONGEST_LINE_BYTES} bytes, found a longer one; its beginning is kept`;
  return { kind: 'bad', position, code: 'BAD_JSON', reason, payload: line.text };
}

/** Reads a stream to its end, or until the signal; an abort is no error. */
async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted) yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

/** The size of a file; a named pipe has none. */
function sizeOf(path: string): number | undefined {
  const stat = statSync(path);
  return stat.isFile() ? stat.size : undefined;
}

/**
 * Events from NDJSON, one a line: a file, or a stream such as stdin, whose lines are given as they come instead of in full batches.
 * Streams: the memory it takes does not grow with the file.
 */
export function createNdjsonSource(options: { name: string; stream?: Readable }): Source {
  const { name } = options;
  const totalBytes = options.stream ? undefined : sizeOf(name);
  let givenItems = 0;
  let givenBytes = 0;

  async function* batches({ batchSize, signal }: BatchOptions): AsyncGenerator<SourceItem[]> {
    const stream = options.stream ?? createReadStream(name);
    let batch: SourceItem[] = [];
    let characters = 0;
    try {
      for await (const lines of linesOf(chunksOf(stream, signal))) {
        for (const line of lines) {
          batch.push(toItem(line, name));
          characters += line.text.length;
          if (batch.length < batchSize && characters < LARGEST_BATCH_CHARACTERS) continue;
          givenItems += batch.length;
          givenBytes = line.endsAtByte;
          yield batch;
          batch = [];
          characters = 0;
          if (signal.aborted) return;
        }
        if (options.stream && batch.length > 0) {
          yield batch;
          batch = [];
          characters = 0;
        }
      }
    } catch (cause) {
      const found = cause instanceof Error ? cause.message : String(cause);
      throw new SourceUnavailableError(`${name}: expected a file that can be read to its end; ${found}`, {
        cause,
      });
    }
    givenItems += batch.length;
    givenBytes = totalBytes ?? 0;
    if (batch.length > 0 && !signal.aborted) yield batch;
  }

  return {
    name,
    batches,
    ...(totalBytes === undefined
      ? {}
      : {
          progress: () => ({ items: givenItems, share: Math.min(1, givenBytes / Math.max(1, totalBytes)) }),
        }),
  };
}
