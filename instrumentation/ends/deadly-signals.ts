import { createHook } from 'node:async_hooks';
import { constants } from 'node:os';
import { type Listener, nodeProcess, replaceMethod } from './node-process.js';

/** Node's own handle of a signal: while it is open, the signal does not kill. */
interface SignalHandle {
  onsignal: (signal: number) => void;
  close(): void;
  /** Makes the async context of the moment the one that `onsignal` is called in. */
  asyncReset?(resource: object): void;
}

interface Watched {
  readonly handle: SignalHandle;
  /** What calls the host's listeners, from the first one's coming to the last one's going; so long the signal is the host's. */
  emitToHost: ((signal: number) => void) | undefined;
}

export type DeadlySignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

const DEADLY_SIGNALS: readonly DeadlySignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** Node's two listeners that open and close the handles as listeners for signals come and go. */
function findOpenerAndCloser(): { opener: Listener; closer: Listener } | undefined {
  const named = (event: string, name: string) =>
    (process.listeners(event as 'exit') as Listener[]).find((listener) => listener.name === name);
  const opener = named('newListener', 'startListeningIfSignal');
  const closer = named('removeListener', 'stopListeningIfSignal');
  return opener && closer && { opener, closer };
}

/** Has Node open a handle, and catches it. */
function openHandle(signal: DeadlySignal, opener: Listener): SignalHandle | undefined {
  let handle: SignalHandle | undefined;
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'SIGNALWRAP') handle = resource as SignalHandle;
    },
  });
  hook.enable();
  try {
    Reflect.apply(opener, process, [signal]);
  } finally {
    hook.disable();
  }
  return handle;
}

/** The same where listeners are there already, other preloads' say: Node's handle for them makes room for one that is caught. */
function reopenHandle(signal: DeadlySignal, opener: Listener): SignalHandle | undefined {
  const before = process.rawListeners(signal) as (() => void)[];
  if (before.length === 0) return openHandle(signal, opener);
  process.removeAllListeners(signal);
  try {
    return openHandle(signal, opener);
  } finally {
    for (const listener of before) process.on(signal, listener);
  }
}

/** As Node binds it when the first listener comes. */
const emitterFor = (signal: DeadlySignal): ((signal: number) => void) =>
  (process.emit as Listener).bind(process, signal, signal);

/** The signals that kill the process unless the host listens, while we are to have a say. */
class DeadlySignals {
  readonly #watched = new Map<string, Watched>();
  readonly #closer: Listener;
  readonly #beforeDeath: (signal: DeadlySignal) => void;

  constructor(closer: Listener, beforeDeath: (signal: DeadlySignal) => void) {
    this.#closer = closer;
    this.#beforeDeath = beforeDeath;
  }

  has(signal: string): boolean {
    return this.#watched.has(signal);
  }

  /** Whether the signal would end the process if we were not here. */
  isDeadly(signal: DeadlySignal): boolean {
    const watched = this.#watched.get(signal);
    return watched ? watched.emitToHost === undefined : process.listenerCount(signal) === 0;
  }

  watch(signal: DeadlySignal, handle: SignalHandle): void {
    const hosts = process.listenerCount(signal) > 0;
    const watched: Watched = { handle, emitToHost: hosts ? emitterFor(signal) : undefined };
    const die = () => this.#beforeDeath(signal);
    // Node looks `onsignal` up at each signal. What it finds is the host's own, so that nothing of ours is in the stack of its listeners.
    Object.defineProperty(handle, 'onsignal', { configurable: true, get: () => watched.emitToHost ?? die });
    this.#watched.set(signal, watched);
  }

  onFirstListener(signal: DeadlySignal): void {
    const watched = this.#watched.get(signal);
    if (!watched || watched.emitToHost) return;
    watched.emitToHost = emitterFor(signal);
    // Without us the handle would be opened here, and have the context of the one who listens.
    watched.handle.asyncReset?.(watched.handle);
  }

  onListenerGone(signal: DeadlySignal): void {
    const watched = this.#watched.get(signal);
    if (watched && process.listenerCount(signal) === 0) watched.emitToHost = undefined;
  }

  /** From now on the signals do what they would do without us. */
  release(): void {
    for (const [signal, watched] of this.#watched) {
      if (watched.emitToHost) continue;
      this.#watched.delete(signal);
      Reflect.apply(this.#closer, process, [signal]);
      watched.handle.close();
    }
  }
}

/** In place of Node's two listeners, with their names: what concerns watched signals goes to `signals`, all else to Node. */
function takeOver(signals: DeadlySignals, { opener, closer }: { opener: Listener; closer: Listener }): void {
  function startListeningIfSignal(type: string | symbol): void {
    if (signals.has(type as string)) signals.onFirstListener(type as DeadlySignal);
    else Reflect.apply(opener, process, [type]);
  }
  function stopListeningIfSignal(type: string | symbol): void {
    if (signals.has(type as string)) signals.onListenerGone(type as DeadlySignal);
    else Reflect.apply(closer, process, [type]);
  }
  process.off('newListener', opener).on('newListener', startListeningIfSignal);
  process.off('removeListener', closer).on('removeListener', stopListeningIfSignal);
}

/** A `process.kill` of itself kills before it returns: it cannot wait for the event loop to hear of the signal. */
function watchKill(signals: DeadlySignals, beforeDeath: () => void): void {
  const names = new Map<number, DeadlySignal>(
    DEADLY_SIGNALS.map((signal) => [constants.signals[signal], signal]),
  );
  replaceMethod(
    '_kill',
    (original: (pid: number, signal: number) => number) =>
      function (this: unknown, pid, signal) {
        const name = names.get(signal);
        const isSelf = pid === process.pid || pid === 0;
        if (name !== undefined && isSelf && signals.isDeadly(name)) beforeDeath();
        return Reflect.apply(original, this, [pid, signal]);
      },
  );
}

export interface DeadlySignalsOptions {
  /** SIGTERM, SIGINT or SIGHUP came, and the host has no listener for it: the process is to end by it. */
  readonly onSignal: (signal: DeadlySignal) => void;
  /** The host is about to end itself by such a signal: what is to be done has to be done before this returns. */
  readonly beforeKill: () => void;
  /** These signals cannot be watched, since this Node is made differently. */
  readonly onUnwatched: (signals: readonly DeadlySignal[]) => void;
}

/**
 * Gets a word in before SIGTERM, SIGINT or SIGHUP ends the process; a signal that the host listens for stays the host's alone. It adds no
 * listener: who counts or lists them finds the host's own, since libraries decide by their number whether a signal is still to kill.
 * Instead it keeps Node's handle of each signal open, and decides at each signal whether the host's listeners are called or `onSignal` is.
 * Returns what gives the signals back; undefined, with nothing changed, where that cannot be had: on Windows, as the first process
 * of a container (which no such signal kills), or in a Node that is made differently, which `onUnwatched` is told.
 */
export function watchDeadlySignals(options: DeadlySignalsOptions): (() => void) | undefined {
  if (process.platform === 'win32' || process.pid === 1) return undefined;
  const { onSignal, beforeKill, onUnwatched } = options;
  const found = findOpenerAndCloser();
  if (!found || typeof nodeProcess()._kill !== 'function') {
    onUnwatched(DEADLY_SIGNALS);
    return undefined;
  }
  const signals = new DeadlySignals(found.closer, onSignal);
  for (const signal of DEADLY_SIGNALS) {
    const handle = reopenHandle(signal, found.opener);
    if (handle) signals.watch(signal, handle);
    else Reflect.apply(found.closer, process, [signal]);
  }
  const unwatched = DEADLY_SIGNALS.filter((signal) => !signals.has(signal));
  if (unwatched.length > 0) onUnwatched(unwatched);
  takeOver(signals, found);
  watchKill(signals, beforeKill);
  return () => signals.release();
}
