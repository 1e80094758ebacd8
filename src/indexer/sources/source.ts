import type { IndexerEvent } from '../event.js';

/** What a source gives, one for every line or row: an event, or what is wrong with it. */
export type SourceItem = EventItem | BadItem;

export interface EventItem {
  readonly kind: 'event';
  readonly event: IndexerEvent;
  /** Where it stands, for people: `events.ndjson:12`, or `<url> 42161/260000001/3`. */
  readonly position: string;
  /** The JSON text it was read from. */
  readonly payload: string;
}

/** A line or row that is no event; the ids that could be read of it are there. */
interface BadItem {
  readonly kind: 'bad';
  readonly position: string;
  readonly code: string;
  /** Names the field, what was expected and what was found. */
  readonly reason: string;
  /** The text as it came. */
  readonly payload: string;
  readonly chainId?: number;
  readonly blockNumber?: number;
  readonly logIndex?: number;
}

/** The last event of a chain that was taken. */
export interface Cursor {
  readonly blockNumber: number;
  readonly logIndex: number;
}

export interface BatchOptions {
  /** Most items in one batch. */
  readonly batchSize: number;
  /** Ends the batches at the next chance, without an error. */
  readonly signal: AbortSignal;
  /** Where to go on with a chain; a file ignores it, because the database knows what was processed. */
  cursorOf(chainId: number): Promise<Cursor | undefined>;
}

interface SourceProgress {
  /** Items given so far. */
  readonly items: number;
  /** The share of the source that they are, from 0 to 1. */
  readonly share: number;
}

/** Somewhere that events come from. */
export interface Source {
  /** As it was given: a path, `-` or a URL without credentials. */
  readonly name: string;
  /**
   * All items, events of a chain in their order. Can be iterated once. A bad item is given, never thrown.
   * @throws SourceUnavailableError when the source cannot be read any further.
   */
  batches(options: BatchOptions): AsyncIterable<SourceItem[]>;
  /**
   * Only of a source that never ends by itself, whose empty batch says that there is nothing now: resolves when there is more to give, or
   * at the signal of its batches.
   * @throws SourceUnavailableError
   */
  untilMore?(): Promise<void>;
  /** How far it is; not there where the end is not known. */
  progress?(): SourceProgress;
}

/** A source that cannot be read any further; whatever was given before stays given. */
export class SourceUnavailableError extends Error {
  readonly code = 'SOURCE_UNAVAILABLE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceUnavailableError';
  }
}
