import type { Source } from '../sources/source.js';
import { type Changed, createChanged } from './changed.js';
import { keepAndReport, toFailedEvent } from './failures.js';
import { fetchNextBatch } from './fetch-batch.js';
import { processEvent } from './process-event.js';
import type { RunContext } from './run-context.js';
import { nextBuffer, SourceBuffer } from './source-buffer.js';

export interface IndexOptions {
  readonly sources: readonly Source[];
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** What the loops of one run share: one a source that fetches, one a chain that takes. */
interface Loops {
  readonly context: RunContext;
  readonly buffers: readonly SourceBuffer[];
  readonly batchSize: number;
  readonly signal: AbortSignal;
  /** A batch has come, a buffer has room, a source has ended or fallen silent, or the run is to stop. */
  readonly changed: Changed;
  /** Starts the loop of a chain, where it does not run. */
  startLane(chainId: number): void;
}

/** How long other sources wait for one that gives nothing: a pipe, or a server that is followed. */
const LONGEST_SILENCE_MS = 10_000;

/** Takes the events of one chain, one after the other. */
async function runLane(loops: Loops, chainId: number): Promise<void> {
  const { context, buffers, changed, signal } = loops;
  while (!signal.aborted) {
    const buffer = nextBuffer(buffers, chainId);
    const taken = buffer?.peek(chainId);
    if (buffer && taken) {
      const wasFull = buffer.isFull;
      buffer.shift(chainId);
      if (wasFull && !buffer.isFull) changed.notify();
      await processEvent(context, taken);
    } else {
      if (buffers.every((one) => one.hasEnded)) return;
      await changed.next();
    }
  }
}

/** Fetches a source to its end, a batch ahead of what is being taken. */
async function fillBuffer(loops: Loops, source: Source, buffer: SourceBuffer): Promise<void> {
  const { context, batchSize, signal, changed } = loops;
  const cursorOf = async (chainId: number) => context.cursors.of(chainId);
  const batches = source.batches({ batchSize, signal, cursorOf })[Symbol.asyncIterator]();
  const fallSilent = (): void => {
    buffer.isSilent = true;
    changed.notify();
  };
  while (!signal.aborted) {
    const silence = setTimeout(fallSilent, LONGEST_SILENCE_MS);
    const batch = await fetchNextBatch(context, { source, batches }).finally(() => clearTimeout(silence));
    if (!batch) return;
    const bad = batch.bad.map((item) => toFailedEvent(item, item));
    if (bad.length > 0) await keepAndReport(context, bad);
    for (const taken of batch.events) {
      buffer.push(taken);
      loops.startLane(taken.item.event.chainId);
    }
    buffer.isSilent = false;
    changed.notify();
    await context.retry(() => context.cursors.save(context.database));
    while (buffer.isFull && !signal.aborted) await changed.next();
  }
}

/**
 * Takes all events of the sources in hand: the events of a chain one after the other, several chains side by side. Where several sources
 * have events of one chain, the earliest goes first, as long as each source is in order of time; an event that comes too late for that is a
 * late one. Of each source no more than two batches are held. An abort lets the events in hand finish.
 */
export async function indexSources(context: RunContext, options: IndexOptions): Promise<void> {
  const { sources, batchSize } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const changed = createChanged();
  const lanes = new Map<number, Promise<void>>();
  let failure: { error: unknown } | undefined;

  /** The first loop that fails ends the others. */
  async function guard(loop: Promise<void>): Promise<void> {
    await loop.catch((error: unknown) => {
      failure ??= { error };
      stop.abort();
    });
  }

  const filled = sources.map((source) => ({ source, buffer: new SourceBuffer(batchSize) }));
  const loops: Loops = {
    context,
    batchSize,
    signal,
    changed,
    buffers: filled.map(({ buffer }) => buffer),
    startLane(chainId) {
      if (!lanes.has(chainId)) lanes.set(chainId, guard(runLane(loops, chainId)));
    },
  };
  signal.addEventListener('abort', changed.notify);
  const fills = filled.map(async ({ source, buffer }) => {
    await guard(fillBuffer(loops, source, buffer));
    buffer.hasEnded = true;
    changed.notify();
  });
  await Promise.all(fills);
  await Promise.all(lanes.values());
  if (failure) throw failure.error;
}
