import { setTimeout as pause } from 'node:timers/promises';
import { type BenchDatabase, makeDatabase } from './bench-database.js';

/** A child process that can be held. */
interface Child {
  kill(signal: NodeJS.Signals): void;
}

interface Indexer<R> {
  /** Starts it, tells of the child, and resolves when that has ended. */
  run(onStart: (child: Child) => void): Promise<R>;
  /** How many donations it has written so far. */
  written(): Promise<number>;
}

export interface Turns<R> {
  readonly result: R;
  /** Donations a second of the time that it ran, from the first turn that wrote one to the last but one. */
  readonly perSecond: number;
  /** What `meter` moved on by in its turns. */
  readonly metered: number;
}

const TURN_MS = 500;
/** What the database and the collector are busy with when a turn ends is not to be the next one's burden. */
const BETWEEN_TURNS_MS = 50;
/** Half an hour; whoever has not ended by then never will. */
const MOST_TURNS = 3600;

/** One indexer, held (SIGSTOP) but for its turns. */
class Held<R> {
  readonly #indexer: Indexer<R>;
  readonly #meter: () => number;
  readonly #ended: Promise<R>;
  readonly #points: { readonly ranMs: number; readonly written: number }[] = [];
  #child: Child | undefined;
  #ranMs = 0;
  #metered = 0;
  hasEnded = false;

  constructor(indexer: Indexer<R>, meter: () => number) {
    this.#indexer = indexer;
    this.#meter = meter;
    this.#ended = indexer
      .run((child) => {
        this.#child = child;
        child.kill('SIGSTOP');
      })
      .finally(() => {
        this.hasEnded = true;
      });
    // It is awaited only when all have ended.
    this.#ended.catch(() => {});
  }

  async turn(): Promise<void> {
    const before = this.#meter();
    const startedAtMs = performance.now();
    this.#child?.kill('SIGCONT');
    await Promise.race([pause(TURN_MS), this.#ended.catch(() => {})]);
    if (!this.hasEnded) this.#child?.kill('SIGSTOP');
    this.#ranMs += performance.now() - startedAtMs;
    await pause(BETWEEN_TURNS_MS);
    this.#metered += this.#meter() - before;
    if (!this.hasEnded) this.#points.push({ ranMs: this.#ranMs, written: await this.#indexer.written() });
  }

  end(): void {
    if (!this.hasEnded) this.#child?.kill('SIGKILL');
  }

  async turns(): Promise<Turns<R>> {
    const result = await this.#ended;
    const writing = this.#points.filter(({ written }) => written > 0);
    const [first, last] = [writing[0], writing.at(-1)];
    if (!first || !last || first === last)
      throw new Error('expected more than two turns with donations, found fewer: ask for more donations');
    const perSecond = ((last.written - first.written) * 1000) / (last.ranMs - first.ranMs);
    return { result, perSecond, metered: this.#metered };
  }
}

export interface Comparison<R> {
  /** A database of the server on which each gets one of its own. */
  readonly serverUrl: string;
  /** What is compared, in the order of the turns. */
  readonly kinds: readonly string[];
  /** Starts the indexer of a kind, tells of the child, and resolves when that has ended. */
  run(kind: string, on: { readonly url: string; onStart(child: Child): void }): Promise<R>;
  /** Fills a database before. */
  prepare?(url: string): Promise<void>;
  /** What is to be measured beside them by turns, the CPU time of a server that they share, say. */
  meter?(): number;
}

/**
 * Runs indexers at the same time, but in turns of half a second, while all others are held: what the machine is slowed down by from one minute to
 * the next, its other users say, concerns all of them alike, and they are compared donation by donation. `round` makes databases of their own.
 */
export async function inTurns<R>(round: number, of: Comparison<R>): Promise<Map<string, Turns<R>>> {
  const { meter = () => 0 } = of;
  const held = new Map<string, Held<R>>();
  const databases: BenchDatabase[] = [];
  try {
    for (const [at, kind] of of.kinds.entries()) {
      const database = await makeDatabase(of.serverUrl, `bench_${round}_${at}`);
      databases.push(database);
      await of.prepare?.(database.url);
      const run = (onStart: (child: Child) => void) => of.run(kind, { url: database.url, onStart });
      held.set(kind, new Held({ run, written: database.written }, meter));
    }
    const all = [...held.values()];
    for (let turn = 0; turn < MOST_TURNS && all.some(({ hasEnded }) => !hasEnded); turn++) {
      for (const one of all) if (!one.hasEnded) await one.turn();
    }
    if (all.some(({ hasEnded }) => !hasEnded))
      throw new Error('expected an indexer to end within half an hour');
    const turns = new Map<string, Turns<R>>();
    for (const [kind, one] of held) turns.set(kind, await one.turns());
    return turns;
  } finally {
    for (const one of held.values()) one.end();
    for (const database of databases) await database.drop();
  }
}
