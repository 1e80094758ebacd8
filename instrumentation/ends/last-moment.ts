import { EventEmitter } from 'node:events';
import { callSites } from '../call-sites.js';
import { type Listener, nodeProcess, replaceMethod } from './node-process.js';

export interface LastMomentOptions {
  /**
   * Runs when the process is about to be gone: after all listeners of `exit`, or where they were cut short. It can come more than once, and
   * must not throw.
   */
  readonly run: () => void;
  /** Runs before the host's listeners for `exit`, where it has any: one that throws can be the end without another word. Must not throw. */
  readonly beforeExitListeners: () => void;
  /** The same for `uncaughtException`, after which the host may go on. */
  readonly beforeUncaughtListeners: () => void;
  /** Runs before every event of the process, as long as it is not ending; must not throw. */
  readonly beforeEvent: () => void;
}

// Not those of the process or the global, which the host may have replaced.
const { on, removeListener, listeners } = EventEmitter.prototype;
const enqueueMicrotask = queueMicrotask;

const isLast = (event: string, listener: Listener): boolean =>
  listeners.call(process, event).at(-1) === listener;

/** Puts `listener` behind all others. */
function moveToEnd(event: string, listener: Listener): void {
  if (isLast(event, listener)) return;
  removeListener.call(process, event, listener);
  on.call(process, event, listener);
}

/** `emit`, and after the event `exit` what there is still to do. */
function followed(emit: Listener, afterExit: () => void): Listener {
  return function (this: unknown, ...args) {
    try {
      return Reflect.apply(emit, this, args);
    } finally {
      if (args[0] === 'exit') afterExit();
    }
  };
}

/**
 * Calls `beforeEmit` whenever someone, Node itself included, is about to use `process.emit`. The method stays the one that it was, or that
 * the host puts there: a function of ours around it would stand in the stack of every error that a listener throws. But for one of the
 * host's that goes on after the listeners, where `beforeEmit` answers with what has to come after even that.
 */
function watchEmit(beforeEmit: () => (() => void) | undefined): void {
  const found = Object.getOwnPropertyDescriptor(process, 'emit');
  if (found && !found.configurable) return;
  let own: unknown = found?.value;
  const stock = () => Reflect.get(Object.getPrototypeOf(process), 'emit', process);
  Object.defineProperty(process, 'emit', {
    configurable: true,
    enumerable: found?.enumerable ?? false,
    get() {
      const afterExit = beforeEmit();
      const emit = found?.get ? found.get.call(process) : (own ?? stock());
      return afterExit && emit !== stock() ? followed(emit, afterExit) : emit;
    },
    set(value: unknown) {
      if (found?.set) found.set.call(process, value);
      else own = value;
    },
  });
}

/** Whether it is an uncaught error that ends the process: Node's own function for that is on the stack then. True where it cannot be told. */
function isEndOfUncaughtError(): boolean {
  const sites = callSites(isEndOfUncaughtError, 10);
  return sites?.some((site) => site.getFileName() === 'node:internal/process/execution') ?? true;
}

/**
 * Sees to it that `run` has the last word in this process, however it ends by itself: our listener for `exit` comes into being when `exit`
 * is about to be emitted, behind all those of the host, so that nobody counts it before; a `process.exit` in a listener, which leaves
 * out the listeners after it, is met in `process.reallyExit`, and an error thrown by one in `uncaughtExceptionMonitor`.
 */
export function onLastMoment(options: LastMomentOptions): void {
  const { run, beforeEvent, beforeExitListeners, beforeUncaughtListeners } = options;
  const last = () => run();
  const onUncaught = () => {
    if (nodeProcess()._exiting === true) run();
    else beforeUncaughtListeners();
  };
  let exitHasBegun = false;
  const beforeExit = (): (() => void) | undefined => {
    const hosts = listeners.call(process, 'exit').filter((listener) => listener !== last);
    if (!exitHasBegun && hosts.length > 0) beforeExitListeners();
    moveToEnd('uncaughtExceptionMonitor', onUncaught);
    // Node calls an only listener from another line than several, which the stack of an error that it throws shows. It is left alone:
    // after it come `process.reallyExit` or, at a natural end, the microtasks. After an uncaught error neither comes.
    const isUncaught = isEndOfUncaughtError();
    const isAlone = hosts.length === 1 && !isUncaught;
    if (isAlone) removeListener.call(process, 'exit', last);
    else moveToEnd('exit', last);
    if (isAlone || !exitHasBegun) enqueueMicrotask(last);
    exitHasBegun = true;
    return isUncaught ? last : undefined;
  };
  const beforeOther = (): undefined => {
    if (listeners.call(process, 'uncaughtException').length > 0) {
      moveToEnd('uncaughtExceptionMonitor', onUncaught);
    }
    beforeEvent();
  };
  let busy = false;
  watchEmit(() => {
    if (busy) return undefined;
    busy = true;
    try {
      return nodeProcess()._exiting === true ? beforeExit() : beforeOther();
    } catch {
      // A host whose process is not what Node made it: there is still `reallyExit`.
      return undefined;
    } finally {
      busy = false;
    }
  });
  replaceMethod(
    'reallyExit',
    (original: (...args: unknown[]) => unknown) =>
      function (this: unknown, ...args) {
        run();
        return Reflect.apply(original, this, args);
      },
  );
}
