// Prints errors that went through a step, as an application does that logs them. With `untraced` it does without grants-otel.
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as tracing from 'grants-otel';

const { traceEvent, traceStep } =
  process.argv[2] === 'untraced'
    ? { traceEvent: (_event, run) => run(), traceStep: (_name, run) => run() }
    : tracing;

function deep(depth, run) {
  return depth === 0 ? run() : deep(depth - 1, run);
}

function caught(text) {
  try {
    return deep(12, () => {
      throw new Error(text);
    });
  } catch (error) {
    return error;
  }
}

class Renamed extends Error {
  get name() {
    return 'Named';
  }
}

function Old(message) {
  this.message = message;
  this.stack = new Error(message).stack;
}
Old.prototype = Object.create(Error.prototype, { name: { value: 'Old' } });

const withLimit = (limit, run) => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = limit;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = before;
  }
};

const preparedBefore = Error.prepareStackTrace;

const thrown = {
  cause: () => {
    throw new Error('outer', { cause: caught('inner') });
  },
  several: async () => {
    throw new AggregateError([caught('first'), caught('second')], 'all');
  },
  ofNode: () => join(1),
  ofNodeToo: () => Buffer.from(5),
  ofUrl: () => new URL('no url'),
  ofAny: () => Promise.any([Promise.reject(caught('one')), Promise.reject(caught('two'))]),
  ofFetch: () => fetch('http://127.0.0.1:1/'),
  withoutFrames: () => withLimit(0, () => join(1)),
  withoutStack: () => withLimit('none', () => join(1)),
  ofOneFrame: () =>
    withLimit(1, () => {
      throw new Error('of one frame');
    }),
  renamed: () => {
    throw new Renamed('renamed');
  },
  old: () => {
    throw new Old('of old');
  },
  memoized: () => {
    let text;
    const error = new Error('memoized');
    const get = () => (text ??= `E: ${error.message}`);
    throw Object.defineProperty(error, 'stack', { get, enumerable: true });
  },
  ofPrototype: () => {
    class Kept extends Error {
      get stack() {
        this.kept ??= `Kept: ${this.message}`;
        return this.kept;
      }
    }
    const error = new Kept('of prototype');
    delete error.stack;
    throw error;
  },
  namedByMessage: () => {
    class Counted extends Error {
      get name() {
        this.counted ??= `Counted${this.message.length}`;
        return this.counted;
      }
    }
    throw new Counted('of 5');
  },
  fixed: () => {
    throw Object.defineProperty(new Error('fixed'), 'stack', { configurable: false });
  },
  ofArray: () => {
    class Odd extends Array {
      filter() {
        return { slice: () => 5 };
      }
    }
    throw Object.assign(new Error('of array'), { errors: new Odd(3) });
  },
  joined: () => {
    const error = new Error('joined');
    error.stack += `\nFrom before:\n${'    at before (before.js:1:1)\n'.repeat(34)}`;
    throw error;
  },
  long: () => {
    const error = new Error('long');
    error.stack = `Error: long\n${'    at before (before.js:1:1)\n'.repeat(34)}`;
    throw error;
  },
  raised: () => {
    Error.stackTraceLimit = 100;
    return deep(50, () => join(1));
  },
  lowered: () => {
    Error.stackTraceLimit = 10;
    return deep(50, () => join(1));
  },
  deepWithoutMessage: () =>
    deep(60, () => {
      throw new Error();
    }),
  deepAndSeen: () =>
    deep(60, () => {
      const error = new Error('deep and seen');
      console.log(error.stack.split('\n')[0]);
      throw error;
    }),
  deepDom: () => deep(60, () => structuredClone(() => {})),
  preparedByHost: () => {
    Error.prepareStackTrace = (error, frames) => [error, ...frames].join('\n    at ');
    throw new Error('prepared', { cause: caught('by the host') });
  },
  notPrepared: () => {
    Error.prepareStackTrace = preparedBefore;
    throw new Error('not prepared');
  },
  empty: () => {
    throw new Error();
  },
  deepest: () => deep(100, () => join(1)),
  changed: () => {
    const error = new TypeError('before');
    error.message = 'after';
    error.code = 'E_CHANGED';
    throw error;
  },
};

/** What comes of it where a stack is written, by the error or through something else, frozen or not. */
function written(error, name) {
  if (name === 'changed') Object.freeze(error);
  if (name === 'deepDom') Object.seal(error);
  const heir = name === 'cause' ? Object.freeze(Object.create(error)) : Object.create(error);
  const proxy = new Proxy(error, {});
  // Whether it was set is not the same: a function that sets cannot say that it has not.
  for (const target of [proxy, heir, {}, 5]) Reflect.set(error, 'stack', `by ${typeof target}`, target);
  const before = String(error.stack).split('\n')[0];
  if (name !== 'deepAndSeen') Reflect.set(error, 'stack', 'by itself');
  return [before, String(error.stack).split('\n')[0], Object.keys(error)];
}

/** Whoever computes them sees a look, and what is fixed keeps all frames: the text alone has to be the same. */
const SEEN = new Set(['ofPrototype', 'namedByMessage', 'fixed']);

/** Without the frames of what stands in for grants-otel, and without the outermost ones, for which there is less room then. */
const print = (name, error) => {
  const lines = inspect(error).split('\n');
  const own = lines.filter((line) => !/at (?:trace(?:Event|Step)|inStep) |node:internal|at file:/.test(line));
  console.log(name, Object.keys(error), own.join('\n').replace(/ \{$/gm, ''));
};

for (const [name, run] of Object.entries(thrown)) {
  const inStep = () =>
    traceEvent({ chainId: 1, contractName: 'S', eventName: 'E' }, () => traceStep(name, run));
  try {
    await inStep();
  } catch (error) {
    // Whoever has it may freeze it.
    if (name === 'cause') Object.freeze(error.cause);
    if (name === 'several') Object.freeze(error);
    if (/^(?:deep|changed|cause)/.test(name)) console.log(name, ...written(error, name));
    if (name === 'empty') error.message = 'later';
    if (SEEN.has(name)) console.log(name, error.message, error.stack.split('\n')[0]);
    else print(name, error);
  }
}
