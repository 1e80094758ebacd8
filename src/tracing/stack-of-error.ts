import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { causesOf } from './causes-of-error.js';
import { isFull, limitOfHost } from './room-for-frames.js';

// A stack is part of what an application prints. With tracing it is to be the one without: no frames of ours, as many of its own as it asked
// for, and, as without us, its first line made when the application first looks at it, which may be after it has changed the message.

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

/** A stack that the application has not looked at, so that its first line is not made yet. */
interface UnseenStack {
  /** Makes the first line, or the first ones, as they are by now. */
  readonly head: () => string;
  /** What comes after that: frames, without ours, as a rule. */
  readonly behind: string;
}

/** The stacks of errors whose `stack` the application has not looked at since we did, as long as it has the getter that we put there. */
const unseen = new WeakMap<object, UnseenStack & { readonly get: () => unknown }>();

/** By what V8 gives the stack of every error; undefined where it is what looks like a value (Node 20 and 22). */
const nativeGet = stackProperty(new Error())?.get;

function stackProperty(error: object): PropertyDescriptor | undefined {
  return Object.getOwnPropertyDescriptor(error, 'stack');
}

/** Whether a stack is V8's, or a value, that may be replaced; what an application computes by itself may not. */
function isReplaceable(own: PropertyDescriptor | undefined): own is PropertyDescriptor {
  return own?.configurable === true && ('value' in own || own.get === nativeGet);
}

function headOf(error: object): string {
  return Error.prototype.toString.call(error);
}

function define(error: object, { value, enumerable = false }: PropertyDescriptor): void {
  unseen.delete(error);
  Object.defineProperty(error, 'stack', { value, writable: true, configurable: true, enumerable });
}

/** Whether the values of an object that can no longer be extended are fixed, too; an accessor is none. */
function isFrozen(error: object): boolean {
  return Object.isFrozen(error) && Object.getOwnPropertyNames(error).length > 1;
}

/** Lets the first line be made when somebody asks for it, as it is for an error that nobody has asked. */
function makeLazy(error: object, stack: UnseenStack): void {
  let looked: { readonly value: unknown } | undefined;
  const keep = (value: unknown): void => {
    looked = { value };
    try {
      define(error, looked);
    } catch {
      // It has been frozen since.
    }
  };
  const get = function (this: object): unknown {
    if (looked) return looked.value;
    const value = `${stack.head()}${stack.behind}`;
    if (this === error) keep(value);
    return value;
  };
  const set = function (this: object, value: unknown): void {
    if (nativeGet !== undefined) {
      // V8's sets that of the error, also through what inherits from it, and frozen or not.
      if (this === error || Object.prototype.isPrototypeOf.call(error, this)) keep(value);
      return;
    }
    get.call(error);
    if (stackProperty(error)?.get !== get) Reflect.set(error, 'stack', value, this);
    else if (this === error && !isFrozen(error)) looked = { value };
  };
  Object.defineProperty(error, 'stack', { configurable: true, enumerable: false, get, set });
  unseen.set(error, { ...stack, get });
}

/** In the place of a message for a look at the stack. */
const MARK = 'grants-otel looks at the stack';

/** Whether an error is called what a property says, not what a function of the application's makes up. */
function isPlainlyNamed(error: object): boolean {
  let at: object | null = error;
  for (; at !== null; at = Object.getPrototypeOf(at)) {
    const name = Object.getOwnPropertyDescriptor(at, 'name');
    if (name) return 'value' in name;
  }
  return true;
}

/** Whether an error says nothing, as those of V8 do that are made without a message, and can be made to. */
function isWithoutMessage(error: object): boolean {
  return Object.isExtensible(error) && (error as { message?: unknown }).message === '';
}

/** The text of a stack that V8 makes now, or made before; undefined of any other, which nobody is to look at like this. */
function nativeStack(error: object): string | undefined {
  const own = stackProperty(error);
  if (!isReplaceable(own)) return undefined;
  const text: unknown = 'value' in own ? own.value : (error as { stack?: unknown }).stack;
  return typeof text === 'string' ? text : undefined;
}

/**
 * The stack of an error that nobody has looked at yet; undefined of one that somebody has: then it is a text that no longer follows the
 * message. It is told by a message that is there for this look only. What was looked at so says that message from now on: the caller has to
 * put another stack there.
 */
function takeUnseen(error: object): UnseenStack | undefined {
  if (Error.prepareStackTrace !== preparedByNode || types.isProxy(error)) return undefined;
  if (Object.isSealed(error) || !isPlainlyNamed(error)) return undefined;
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  if (message ? typeof message.value !== 'string' || !message.writable : !isWithoutMessage(error))
    return undefined;
  const holder = error as { message: string };
  try {
    Object.defineProperty(error, 'message', { configurable: true, writable: true, ...message, value: MARK });
    const usual = headOf(error);
    // To ask for the property is a look at the stack, too, where it looks like a value.
    const stack = nativeStack(error) ?? '';
    const at = stack.indexOf(MARK);
    if (at === -1) return undefined;
    const before = stack.slice(0, at);
    const behind = stack.slice(at + MARK.length);
    // Node puts the code of an error of its own behind the name.
    const head = before + MARK === usual ? () => headOf(error) : () => before + holder.message;
    return { head, behind };
  } finally {
    if (message) holder.message = message.value;
    else Reflect.deleteProperty(error, 'message');
  }
}

function isFrame(line: string): boolean {
  return FRAME.test(line);
}

/** Without our frames, and without those that there would not have been room for; further frames, of a stack that is put behind it, stay. */
function withoutOwnFrames(stack: string): string {
  const all = stack.split('\n');
  const lines = all.filter((line) => !(isFrame(line) && OWN_FRAME.test(line)));
  const first = lines.findIndex(isFrame);
  if (first === -1) return stack;
  const length = lines.slice(first).findIndex((line) => !isFrame(line));
  const end = length === -1 ? lines.length : first + length;
  const limit = limitOfHost();
  if (lines.length === all.length && !(end === lines.length && isFull(end - first))) return stack;
  return [...lines.slice(0, Math.min(end, first + limit)), ...lines.slice(end)].join('\n');
}

/** What we know of a stack that the application has not looked at since. */
function knownUnseen(error: object): UnseenStack | undefined {
  const known = unseen.get(error);
  return known && stackProperty(error)?.get === known.get ? known : undefined;
}

/**
 * The stack of an error, without our own frames; undefined where it has none. To the application, which may not have looked at it yet, it
 * stays as it would be without us. May throw what a getter of the error throws.
 */
export function stackOfError(error: object): string | undefined {
  const known = knownUnseen(error) ?? lookAt(error);
  if (known !== undefined) return `${known.head()}${known.behind}`;
  const { stack } = error as { stack?: unknown };
  if (typeof stack !== 'string') return undefined;
  const shown = withoutOwnFrames(stack);
  if (shown === stack || types.isProxy(error)) return shown;
  const own = stackProperty(error);
  if (isReplaceable(own)) define(error, { value: shown, enumerable: own.enumerable ?? false });
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
    // Through a proxy a look would make the stack for good.
    if (error instanceof Error && !types.isProxy(error)) stackOfError(error);
  } catch {
    // An error that cannot be read or changed.
  }
}

/** Takes our own frames out of the stack of whatever was thrown, and of its causes, which are printed with it. Never throws. */
export function hideOwnFrames(error: unknown): void {
  hideOwnFramesOf(error);
  for (const { cause } of causesOf(error)) hideOwnFramesOf(cause);
}
