import { fileURLToPath } from 'node:url';
import { causesOf } from './causes-of-error.js';

// A stack is part of what an application prints. With tracing it is to be the one without: no frames of ours, as many of its own as it asked
// for, and, as without us, its first line made when the application first looks at it, which may be after it has changed the message.

/** Frames that one traced call puts on the stack, at most, and then some: they must not push out those of the application. */
const FRAMES_OF_A_CALL = 24;

/**
 * The folder of this package's code, src/ and instrumentation/ side by side in it, as a pattern; undefined in a bundle, where our code has no
 * file of its own and, as CommonJS, `import.meta.url` is not there.
 */
function ownFolder(url: string | undefined): string | undefined {
  const folder = /^(file:.*\/)src\/tracing\/stack-of-error\.[jt]s(?:[?#]|$)/.exec(url ?? '')?.[1];
  return folder && fileURLToPath(folder).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const OWN_FOLDER = ownFolder(import.meta.url);
const OWN_FRAME = new RegExp(
  [
    ...(OWN_FOLDER ? [`${OWN_FOLDER}(?:src[/\\\\]tracing|instrumentation)[/\\\\]`] : []),
    '[/\\\\]@opentelemetry[/\\\\](?:api|context-async-hooks)[/\\\\]',
    // What the context runs in.
    'AsyncLocalStorage\\.run \\(node:',
    'TracedContextManager\\.with(?:Two)? \\(',
  ].join('|'),
);
const FRAME = /^\s+at /;

/** Newer versions of Node have one of their own there; one that the application has put there must not see our look. */
const preparedByNode = Error.prepareStackTrace;

/** What the application has set, while a traced call runs. */
let hostLimit: number | undefined;

/** A stack that the application has not looked at, so that its first line is not made yet. */
interface UnseenStack {
  /** Makes the first line, or the first ones, as they are by now. */
  readonly head: () => string;
  /** What comes after that: frames, without ours, as a rule. */
  readonly behind: string;
}

/** The stacks of errors whose `stack` the application has not looked at since we did. */
const unseen = new WeakMap<object, UnseenStack>();

/** Calls `run` with room for our own frames in the stacks of errors that are made before it returns. */
export function withRoomForFrames<A, T>(call: { run(argument: A): T }, argument: A): T {
  const before = Error.stackTraceLimit;
  if (!(before > 0)) return call.run(argument);
  const raised = before + FRAMES_OF_A_CALL;
  if (!setLimit(raised)) return call.run(argument);
  const outer = hostLimit;
  hostLimit ??= before;
  try {
    return call.run(argument);
  } finally {
    if (Error.stackTraceLimit === raised) setLimit(before);
    hostLimit = outer;
  }
}

/** False where the application has frozen what all errors share. */
function setLimit(limit: number): boolean {
  try {
    Error.stackTraceLimit = limit;
    return true;
  } catch {
    return false;
  }
}

function headOf(error: object): string {
  return Error.prototype.toString.call(error);
}

function define(error: object, { value, enumerable = false }: PropertyDescriptor): void {
  unseen.delete(error);
  Object.defineProperty(error, 'stack', { value, writable: true, configurable: true, enumerable });
}

/** Lets the first line be made when somebody asks for it, as it is for an error that nobody has asked. */
function makeLazy(error: object, stack: UnseenStack): void {
  Object.defineProperty(error, 'stack', {
    configurable: true,
    enumerable: false,
    get(this: object) {
      const value = `${stack.head()}${stack.behind}`;
      if (this === error) define(error, { value });
      return value;
    },
    set(this: object, value: unknown) {
      if (this === error) define(error, { value });
    },
  });
  unseen.set(error, stack);
}

/** In the place of a message for a look at the stack. */
const MARK = 'grants-otel looks at the stack';

/**
 * The stack of an error that nobody has looked at yet; undefined of one that somebody has: then it is a text that no longer follows the
 * message. It is told by a message that is there for this look only. What was looked at so says that message from now on: the caller has to
 * put another stack there.
 */
function takeUnseen(error: object): UnseenStack | undefined {
  if (Error.prepareStackTrace !== preparedByNode || Object.isSealed(error)) return undefined;
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  if (!message?.writable || typeof message.value !== 'string') return undefined;
  const holder = error as { message: string; stack?: unknown };
  try {
    holder.message = MARK;
    const usual = headOf(error);
    // To ask for the property's descriptor is a look at the stack, too.
    const { stack } = holder;
    const at = typeof stack === 'string' ? stack.indexOf(MARK) : -1;
    if (typeof stack !== 'string' || at === -1) return undefined;
    const before = stack.slice(0, at);
    const behind = stack.slice(at + MARK.length);
    if (before + MARK === usual) return { head: () => headOf(error), behind };
    // Node puts the code of an error of its own behind the name.
    return {
      head: () => (holder.message === '' ? before.replace(/: $/, '') : before + holder.message),
      behind,
    };
  } finally {
    holder.message = message.value;
  }
}

function isFrame(line: string): boolean {
  return FRAME.test(line);
}

/** Whether a stack has just as many frames as there was room for, ours included: none of ours was reached then. */
function isFull(frames: number, limit: number): boolean {
  return frames > limit && (frames - limit) % FRAMES_OF_A_CALL === 0;
}

function withoutOwnFrames(stack: string): string {
  const limit = hostLimit ?? Error.stackTraceLimit;
  const all = stack.split('\n');
  const lines = all.filter((line) => !(isFrame(line) && OWN_FRAME.test(line)));
  if (lines.length === all.length && !isFull(lines.filter(isFrame).length, limit)) return stack;
  const first = lines.findIndex(isFrame);
  const end = first === -1 ? lines.length : first + limit;
  return lines.filter((line, index) => index < end || !isFrame(line)).join('\n');
}

/**
 * The stack of an error, without our own frames; undefined where it has none. To the application, which may not have looked at it yet, it
 * stays as it would be without us. May throw what a getter of the error throws.
 */
export function stackOfError(error: object): string | undefined {
  const known = unseen.get(error) ?? lookAt(error);
  if (known !== undefined) return `${known.head()}${known.behind}`;
  const { stack } = error as { stack?: unknown };
  if (typeof stack !== 'string') return undefined;
  const shown = withoutOwnFrames(stack);
  const own = Object.getOwnPropertyDescriptor(error, 'stack');
  if (own?.configurable && shown !== stack)
    define(error, { value: shown, enumerable: own.enumerable ?? false });
  return shown;
}

function lookAt(error: object): UnseenStack | undefined {
  const taken = takeUnseen(error);
  if (taken === undefined) return undefined;
  const stack = { ...taken, behind: withoutOwnFrames(taken.behind) };
  makeLazy(error, stack);
  return stack;
}

function hideOwnFramesOf(error: unknown): void {
  try {
    if (error instanceof Error) stackOfError(error);
  } catch {
    // An error that cannot be read or changed.
  }
}

/** Takes our own frames out of the stack of whatever was thrown, and of its causes, which are printed with it. Never throws. */
export function hideOwnFrames(error: unknown): void {
  hideOwnFramesOf(error);
  for (const { cause } of causesOf(error)) hideOwnFramesOf(cause);
}
