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

/** The frames of errors whose `stack` the application has not looked at since. */
const framesOf = new WeakMap<object, string>();

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

function define(error: object, value: unknown): void {
  framesOf.delete(error);
  Object.defineProperty(error, 'stack', { value, writable: true, configurable: true, enumerable: false });
}

/** Lets the first line be made when somebody asks for it, as it is for an error that nobody has asked. */
function makeLazy(error: object, frames: string): void {
  Object.defineProperty(error, 'stack', {
    configurable: true,
    enumerable: false,
    get(this: object) {
      const stack = `${headOf(error)}\n${frames}`;
      if (this === error) define(error, stack);
      return stack;
    },
    set(this: object, value: unknown) {
      if (this === error) define(error, value);
    },
  });
  framesOf.set(error, frames);
}

/**
 * The frames of an error whose stack nobody has looked at yet; undefined of one that somebody has: then the stack is a text that no longer
 * follows the message. It is told by a message that is there for this look only.
 */
function takeFrames(error: object): string | undefined {
  if (Error.prepareStackTrace !== preparedByNode || Object.isSealed(error)) return undefined;
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  if (!message?.writable || typeof message.value !== 'string') return undefined;
  const holder = error as { message: string; stack?: unknown };
  try {
    holder.message = 'grants-otel looks at the stack';
    const head = `${headOf(error)}\n`;
    // To ask for the property's descriptor is a look at the stack, too.
    const { stack } = holder;
    return typeof stack === 'string' && stack.startsWith(head) ? stack.slice(head.length) : undefined;
  } finally {
    holder.message = message.value;
  }
}

function withoutOwnFrames(stack: string): string {
  if (!OWN_FRAME.test(stack)) return stack;
  const lines = stack.split('\n').filter((line) => !(FRAME.test(line) && OWN_FRAME.test(line)));
  const first = lines.findIndex((line) => FRAME.test(line));
  const end = first === -1 ? lines.length : first + (hostLimit ?? Error.stackTraceLimit);
  return lines.filter((line, index) => index < end || !FRAME.test(line)).join('\n');
}

/**
 * The stack of an error, without our own frames; undefined where it has none. To the application, which may not have looked at it yet, it
 * stays as it would be without us. May throw what a getter of the error throws.
 */
export function stackOfError(error: object): string | undefined {
  const known = framesOf.get(error);
  if (known !== undefined) return `${headOf(error)}\n${known}`;
  const frames = takeFrames(error);
  if (frames !== undefined) {
    const shown = withoutOwnFrames(frames);
    makeLazy(error, shown);
    return `${headOf(error)}\n${shown}`;
  }
  const { stack } = error as { stack?: unknown };
  if (typeof stack !== 'string') return undefined;
  const shown = withoutOwnFrames(stack);
  const isOwn = Object.getOwnPropertyDescriptor(error, 'stack')?.configurable === true;
  if (isOwn && shown !== stack) define(error, shown);
  return shown;
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
