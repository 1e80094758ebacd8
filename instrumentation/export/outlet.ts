import type { SpanRecord } from './span-record.js';

/** How much room there is for a trace. */
export interface Room {
  readonly mostHeld: number;
  /** What its loss is called where there was too little: `past GRANTS_OTEL_MAX_HELD_SPANS` unless given. */
  readonly why: string | undefined;
}

/** Where finished traces leave the process. Nothing of it throws, blocks or keeps the host alive, but for what is said at `flushSync`. */
export interface Outlet {
  /**
   * Takes a trace, or what left of one together. All of it is dropped, and counted, when more than `mostHeld` spans (`maxHeldSpans`) would
   * be held then, and so is what is sent of that trace later. False when it was dropped; `why` is for the line that says so.
   */
  send(trace: readonly SpanRecord[], room?: Room): boolean;
  /** Counts spans that were given up before they came here, for the line that says what was lost; `past GRANTS_OTEL_MAX_HELD_SPANS`. */
  lose(spanCount: number, why?: string): void;
  /** Spans that were taken and are neither delivered nor given up: in the queue here, or handed over. */
  readonly heldSpans: number;
  /** Whether the export runs in the main thread, so that it needs the event loop to the very end. */
  readonly inMainThread: boolean;
  /**
   * Resolves when all that was taken is out, when the collector turns out not to be there, or after `timeoutMs`; keeps the host alive
   * until then. What is not out by then stays held. Where it `isLast`, a collector that wants to be asked later is asked once more.
   */
  flush(timeoutMs: number, isLast?: boolean): Promise<void>;
  /** From now on a collector that fails is told of in the last line only. */
  mute(): void;
  /**
   * The last flush, for `process.on('exit')`: blocks until all is out, at most `timeoutMs`, and not at all longer when the collector is not
   * there. Says in one line how many spans were lost, and why, if any: `tooLate` where nothing else is known.
   */
  flushSync(timeoutMs: number, tooLate: string): void;
  /**
   * For when the process may end at any moment: blocks like `flushSync`, but gives nothing up and says nothing; what is not out after
   * `timeoutMs` stays held.
   */
  drainSync(timeoutMs: number): void;
  /** Flushes, ends the thread, and says what was lost. What is sent later is dropped. */
  shutdown(timeoutMs: number): Promise<void>;
}
