import type { Source } from '../sources/source.js';
import { createChanged } from './changed.js';
import { keepAndReport, toFailedEvent } from './failures.js';
import { fetchBatch } from './fetch-batch.js';
import { processEvent } from './process-event.js';
import type { RunContext } from './run-context.js';
import { nextBuffer, SourceBuffer } from './source-buffer.js';

export interface IndexOptions {
  readonly sources: readonly Source[];
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** How long other sources wait for one that gives nothing: a pipe that is silent, or a server that is followed. */
const LONGEST_SILENCE_MS = 10_000;

/**
 * Takes all events of the sources in hand: the events of a chain one after the other, several chains side by side. Where several sources
 * have events of one chain, the earliest goes first, as far ahead as a batch of each source reaches. Of each source no more than two batches
 * are held. An abort lets the events in hand finish.
 */
export async function indexSources(context: RunContext, options: IndexOptions): Promise<void> {
  const { sources, batchSize } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const changed = createChanged();
  const buffers = sources.map(() => new SourceBuffer());
  const lanes = new Map<number, Promise<void>>();
  let failure: { error: unknown } | undefined;
  const onAbort = (): void => changed.notify();
  signal.addEventListener('abort', onAbort);

  /** Runs one of the loops; the first that fails ends the others. */
  async function guarded(loop: () => Promise<void>): Promise<void> {
    try {
      await loop();
    } catch (error) {
      failure ??= { error };
      stop.abort();
    }
  }

  async function runLane(chainId: number): Promise<void> {
    while (!signal.aborted) {
      const buffer = nextBuffer(buffers, chainId);
      const taken = buffer?.peek(chainId);
      if (buffer && taken) {
        buffer.shift(chainId);
        if (buffer.size < batchSize) changed.notify();
        await processEvent(context, taken);
      } else if (buffers.every((one) => one.hasEnded)) {
        return;
      } else {
        await changed.next();
      }
    }
  }

  async function fill(source: Source, buffer: SourceBuffer): Promise<void> {
    const cursorOf = async (chainId: number) => context.cursors.of(chainId);
    const batches = source.batches({ batchSize, signal, cursorOf })[Symbol.asyncIterator]();
    while (!signal.aborted) {
      const silence = setTimeout(() => {
        buffer.isAwaited = false;
        changed.notify();
      }, LONGEST_SILENCE_MS);
      const batch = await fetchBatch(context, batches).finally(() => clearTimeout(silence));
      if (!batch) break;
      const bad = batch.bad.map((item) => toFailedEvent(item, item));
      if (bad.length > 0) await keepAndReport(context, bad);
      for (const taken of batch.events) {
        buffer.push(taken);
        const { chainId } = taken.item.event;
        if (!lanes.has(chainId))
          lanes.set(
            chainId,
            guarded(() => runLane(chainId)),
          );
      }
      await context.retry(() => context.cursors.save(context.database));
      buffer.isAwaited = false;
      changed.notify();
      while (buffer.size >= batchSize && !signal.aborted) await changed.next();
      buffer.isAwaited = batch.events.length + batch.bad.length > 0;
    }
  }

  await Promise.all(
    sources.map(async (source, index) => {
      const buffer = buffers[index];
      if (buffer) await guarded(() => fill(source, buffer).finally(() => end(buffer)));
    }),
  );
  await Promise.all(lanes.values());
  signal.removeEventListener('abort', onAbort);
  if (failure) throw failure.error;

  function end(buffer: SourceBuffer): void {
    buffer.hasEnded = true;
    changed.notify();
  }
}
