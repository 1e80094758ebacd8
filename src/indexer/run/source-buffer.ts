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
  /** No more events come. */
  hasEnded = false;
  /** Its next batch may hold events that come before what other sources have, so others wait for it. */
  isAwaited = true;

  get size(): number {
    return this.heldCount;
  }

  push(taken: TakenEvent): void {
    const { chainId } = taken.item.event;
    let queue = this.chains.get(chainId);
    if (!queue) {
      queue = new Queue();
      this.chains.set(chainId, queue);
    }
    queue.push(taken);
    this.heldCount++;
  }

  peek(chainId: number): TakenEvent | undefined {
    return this.chains.get(chainId)?.peek();
  }

  shift(chainId: number): void {
    this.chains.get(chainId)?.shift();
    this.heldCount--;
  }
}

/**
 * The buffer whose next event of a chain comes first; undefined where there is none, and where a source that is being fetched from may
 * still have an earlier one.
 */
export function nextBuffer(buffers: readonly SourceBuffer[], chainId: number): SourceBuffer | undefined {
  let first: { buffer: SourceBuffer; taken: TakenEvent } | undefined;
  for (const buffer of buffers) {
    const taken = buffer.peek(chainId);
    if (!taken) {
      if (buffer.isAwaited && !buffer.hasEnded) return undefined;
      continue;
    }
    if (!first || compareKeys(taken.item.event, first.taken.item.event) < 0) first = { buffer, taken };
  }
  return first?.buffer;
}
