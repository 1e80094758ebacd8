import { compareKeys } from '../database/cursors.js';
import type { TakenEvent } from './process-event.js';

/** A list that is read from its front. */
class Queue {
  private items: TakenEvent[] = [];
  private front = 0;

  peek(): TakenEvent | undefined {
    return this.items[this.front];
  }

  push(item: TakenEvent): void {
    this.items.push(item);
  }

  shift(): void {
    this.front++;
    if (this.front < 1024 && this.front < this.items.length) return;
    this.items = this.items.slice(this.front);
    this.front = 0;
  }
}

/** The events that were fetched from one source and not yet taken, chain by chain. */
export class SourceBuffer {
  private readonly chains = new Map<number, Queue>();
  private heldCount = 0;
  /** The latest block time that was fetched, in seconds. */
  private reachesTo = Number.NEGATIVE_INFINITY;
  /** No more events come. */
  hasEnded = false;
  /** Nothing has come for so long that others do not wait for it. */
  isSilent = false;

  /** `capacity`: as many events, or more, are no reason to fetch others. */
  constructor(private readonly capacity: number) {}

  get isFull(): boolean {
    return this.heldCount >= this.capacity;
  }

  push(taken: TakenEvent): void {
    const { chainId, blockTimestamp } = taken.item.event;
    let queue = this.chains.get(chainId);
    if (!queue) {
      queue = new Queue();
      this.chains.set(chainId, queue);
    }
    queue.push(taken);
    this.heldCount++;
    this.reachesTo = Math.max(this.reachesTo, blockTimestamp);
  }

  peek(chainId: number): TakenEvent | undefined {
    return this.chains.get(chainId)?.peek();
  }

  shift(chainId: number): void {
    this.chains.get(chainId)?.shift();
    this.heldCount--;
  }

  /**
   * Of a buffer without an event of a chain: whether an event of that chain that is earlier than a block time may still be fetched into it.
   * A source is taken to be in order of time, all its chains together. Of all events that are held, the earliest never waits for a full one.
   */
  mayGetBefore(blockTimestamp: number): boolean {
    if (this.hasEnded || this.isSilent) return false;
    return this.isFull ? this.reachesTo < blockTimestamp : this.reachesTo <= blockTimestamp;
  }
}

/**
 * The buffer whose next event of a chain comes first; undefined where there is none, and where another source may still have an earlier
 * one to come.
 */
export function nextBuffer(buffers: readonly SourceBuffer[], chainId: number): SourceBuffer | undefined {
  let first: { buffer: SourceBuffer; event: TakenEvent['item']['event'] } | undefined;
  for (const buffer of buffers) {
    const event = buffer.peek(chainId)?.item.event;
    if (event && (!first || compareKeys(event, first.event) < 0)) first = { buffer, event };
  }
  if (!first) return undefined;
  const { blockTimestamp } = first.event;
  const mustWait = buffers.some((buffer) => !buffer.peek(chainId) && buffer.mayGetBefore(blockTimestamp));
  return mustWait ? undefined : first.buffer;
}
