// What ways-to-end.mjs does, for CommonJS too. Prints what it does on stdout; what it prints must not depend on the tracing.
'use strict';

/** A pause that keeps the process alive until a signal comes. */
const stayUp = () => setInterval(() => {}, 1000);
const killSelf = (signal) => process.kill(process.pid, signal);

const goOnAfterExit = (span) => {
  const emit = process.emit;
  process.emit = function patched(event, ...args) {
    const result = emit.call(this, event, ...args);
    if (event === 'exit') span('ended after exit was emitted');
    return result;
  };
};

const ways = {
  natural: () => {},
  'natural, with an exit code': () => {
    process.exitCode = 5;
  },
  'process.exit': () => process.exit(7),
  'process.exit later': () => setTimeout(() => process.exit(8), 5),
  'process.exit in an exit listener': ({ span }) => {
    process.on('exit', (code) => {
      console.log('first listener', code);
      span('ended in the first listener');
      process.exit(9);
    });
    process.on('exit', () => console.log('never called'));
  },
  'process.exit in an exit listener of process.exit': ({ span }) => {
    process.on('exit', () => {
      span('ended in the listener');
      process.exit(9);
    });
    process.exit(1);
  },
  'an exit code set by an exit listener': () => {
    process.on('exit', () => {
      process.exitCode = 11;
    });
  },
  'exit listeners that trace': ({ span, open }) => {
    process.on('exit', (code) => {
      span('ended in the first listener');
      open('opened in the first listener');
      console.log('first', code, process.listenerCount('beforeExit'));
    });
    process.prependListener('exit', () => span('ended in the listener before it'));
    process.once('exit', () => {
      span('ended in the last listener');
      console.log('last');
    });
  },
  'an error in an exit listener': ({ span }) => {
    process.on('exit', () => {
      span('ended in the listener');
      throw new Error('thrown in exit');
    });
    process.on('exit', () => console.log('never called'));
  },
  'a signal to itself in an exit listener': ({ span }) => {
    process.on('exit', () => {
      span('ended in the listener');
      process.kill(process.pid, 'SIGTERM');
      console.log('never printed');
    });
  },
  'an error in the only exit listener': ({ span }) => {
    process.on('exit', () => {
      span('ended in the listener');
      throw new Error('thrown in exit');
    });
  },
  'the only exit listener': ({ span, open }) => {
    process.on('exit', () => {
      span('ended in the listener');
      open('opened in the listener');
    });
  },
  'an error in an exit listener of process.exit': ({ span }) => {
    process.on('exit', () => {
      span('ended in the listener');
      throw new Error('thrown in exit');
    });
    process.exit(3);
  },
  'an error in an exit listener that is caught': ({ span }) => {
    process.once('exit', () => {
      throw new Error('thrown in exit');
    });
    try {
      process.exit(3);
    } catch (error) {
      console.log('caught', error.stack);
    }
    setTimeout(() => span('after it'), 5);
  },
  'process.reallyExit': () => process.reallyExit(12),
  'an uncaught error': () => {
    throw new Error('uncaught');
  },
  'an uncaught error later': () => {
    setTimeout(() => {
      throw new TypeError('uncaught later');
    }, 5);
  },
  'a thrown string': () => {
    setTimeout(() => {
      throw 'just text';
    }, 5);
  },
  'an uncaught error, and then one in an exit listener': () => {
    process.on('exit', () => {
      throw new Error('thrown in exit');
    });
    throw new Error('uncaught');
  },
  'an uncaughtException listener that ends it': ({ span }) => {
    process.on('uncaughtException', (error, origin) => {
      console.log(origin, error.stack);
      span('ended in the listener');
      process.exit(13);
    });
    setTimeout(() => {
      throw new Error('uncaught');
    }, 5);
  },
  'an uncaughtException listener that goes on': ({ span }) => {
    process.on('uncaughtException', (error, origin) => {
      console.log(origin, error.message);
      span('ended after the error');
      setTimeout(() => span('ended later'), 20);
    });
    setTimeout(() => {
      throw new Error('uncaught');
    }, 5);
  },
  'an uncaughtException listener that throws': () => {
    process.on('uncaughtException', () => {
      throw new Error('thrown by the listener');
    });
    setTimeout(() => {
      throw new Error('uncaught');
    }, 5);
  },
  'an error capture callback': ({ span }) => {
    process.setUncaughtExceptionCaptureCallback((error) => {
      console.log('captured', error.message);
      span('ended after the error');
    });
    setTimeout(() => {
      throw new Error('uncaught');
    }, 5);
  },
  'an unhandled rejection': () => {
    void Promise.reject(new Error('rejected'));
    setTimeout(() => console.log('still here'), 20);
  },
  'an error in a promise of the first turn': () => {
    void Promise.resolve().then(() => {
      throw new Error('rejected in the first turn');
    });
  },
  'an unhandledRejection listener': ({ span }) => {
    process.on('unhandledRejection', (error) => {
      console.log('heard', error.message);
      span('ended in the listener');
    });
    void Promise.reject(new Error('rejected'));
  },
  'beforeExit listeners': ({ span }) => {
    let times = 0;
    process.on('beforeExit', (code) => {
      console.log('beforeExit', code, ++times, process.listenerCount('beforeExit'));
      span(`ended in beforeExit ${times}`);
      if (times < 3) setTimeout(() => {}, 1);
    });
  },
  'a signal': () => {
    stayUp();
    console.log('up');
  },
  'a signal to itself': () => {
    killSelf('SIGTERM');
    console.log('never printed');
  },
  'a signal to itself later': () => setTimeout(() => console.log(killSelf('SIGHUP'), 'never printed'), 5),
  'a signal listener that takes 300 ms': ({ span }) => {
    const up = stayUp();
    process.on('SIGTERM', (signal, number) => {
      console.log('listener', signal, number);
      setTimeout(() => {
        span('ended while shutting down');
        console.log('down');
        clearInterval(up);
      }, 300);
    });
    console.log('up');
  },
  'a signal listener that ends it': () => {
    stayUp();
    process.on('SIGTERM', () => process.exit(14));
    console.log('up');
  },
  'a signal listener, once, that kills again': () => {
    stayUp();
    process.once('SIGTERM', (signal) => {
      console.log('once', process.listenerCount(signal));
      process.kill(process.pid, signal);
      console.log('never printed');
    });
    console.log('up');
  },
  'a signal listener that throws': () => {
    stayUp();
    process.on('SIGTERM', () => {
      throw new Error('thrown by the signal listener');
    });
    console.log('up');
  },
  'a signal listener in an async context of its own': ({ span }) => {
    const { AsyncLocalStorage } = require('node:async_hooks');
    const storage = new AsyncLocalStorage();
    storage.run('its own', () =>
      process.on('SIGTERM', () => {
        span('ended in the listener');
        console.log(storage.getStore());
        process.exit(3);
      }),
    );
    stayUp();
    console.log('up');
  },
  'signal listeners in their order': () => {
    const up = stayUp();
    process.on('SIGTERM', () => console.log('second'));
    process.on('SIGTERM', () => {
      console.log('third', process.listenerCount('SIGTERM'));
      clearInterval(up);
    });
    process.prependListener('SIGTERM', () => console.log('first'));
    console.log('up', process.eventNames().map(String).sort().join());
  },
  'a signal listener that was taken away': () => {
    stayUp();
    const listener = () => console.log('never called');
    process.on('SIGTERM', listener);
    process.off('SIGTERM', listener);
    process.once('SIGTERM', listener).removeAllListeners('SIGTERM');
    console.log('up', process.listenerCount('SIGTERM'));
  },
  'a signal listener that was taken away and came back': () => {
    const up = stayUp();
    const listener = () => {
      console.log('called');
      clearInterval(up);
    };
    process.on('SIGTERM', listener);
    process.off('SIGTERM', listener);
    setTimeout(() => {
      process.on('SIGTERM', listener);
      console.log('up');
    }, 20);
  },
  'a library that counts listeners': ({ span }) => {
    stayUp();
    // As exit hooks do: where nobody else listens, the signal is sent again, and is to kill.
    const emit = process.emit;
    const reallyExit = process.reallyExit;
    process.emit = function patched(event, ...args) {
      const result = emit.call(this, event, ...args);
      if (event === 'exit') span('ended after exit was emitted');
      return result;
    };
    process.reallyExit = (code) => reallyExit.call(process, code);
    const listener = (signal) => {
      if (process.listeners(signal).length !== 1) return;
      process.off(signal, listener);
      process.emit = emit;
      span('ended by the hook');
      process.kill(process.pid, signal);
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, listener);
    console.log('up');
  },
  'an emit of its own': ({ span }) => {
    const emit = process.emit;
    process.emit = function patched(event, ...args) {
      if (event === 'exit') span('ended before exit was emitted');
      return emit.call(this, event, ...args);
    };
  },
  'an emit of its own that goes on after exit': ({ span }) => goOnAfterExit(span),
  'an emit of its own that goes on after the exit of an uncaught error': ({ span }) => {
    goOnAfterExit(span);
    setTimeout(() => {
      throw new Error('uncaught');
    }, 5);
  },
  'an emit of its own that leaves ours out': ({ span }) => {
    const { emit } = require('node:events').prototype;
    process.emit = function patched(...args) {
      return emit.apply(this, args);
    };
    process.on('exit', () => span('ended in exit'));
  },
  'a signal that is emitted by hand': () => {
    process.on('SIGTERM', (...args) => console.log('by hand', args.join()));
    console.log(process.emit('SIGTERM', 'SIGTERM', 15), process.emit('SIGINT'));
  },
  'exit that is emitted by hand': ({ span }) => {
    process.on('exit', () => console.log('exit'));
    process.emit('exit', 0);
    setTimeout(() => span('after it'), 5);
  },
  'many listeners': () => {
    for (let count = 0; count < 10; count++) {
      for (const event of ['exit', 'SIGTERM', 'SIGINT', 'SIGHUP', 'beforeExit']) process.on(event, () => {});
    }
    console.log(process.eventNames().map((name) => [String(name), process.listenerCount(name)]));
  },
  'a replaced stdout.write': ({ span }) => {
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text, ...rest) => write(`[${text.trimEnd()}]\n`, ...rest);
    process.stderr.write = () => {
      throw new Error('stderr is not yours');
    };
    console.log('to the replaced one');
    span('after it');
  },
  'a replaced process.exit and process.on': ({ span }) => {
    const { exit, on } = process;
    process.exit = (code) => {
      console.log('exit', code);
      exit.call(process, code + 1);
    };
    process.on = function patched(event, listener) {
      console.log('on', event);
      return on.call(this, event, listener);
    };
    process.on('exit', () => span('ended in exit'));
    process.exit(1);
  },
  'a clock that stands still': ({ span }) => {
    const timers = { setTimeout, setInterval, setImmediate, queueMicrotask };
    for (const name of Object.keys(timers)) globalThis[name] = () => {};
    performance.now = () => 5;
    Date.now = () => 5;
    process.on('exit', () => span('ended in exit'));
  },
  'globals that are taken away': ({ span }) => {
    for (const name of ['performance', 'queueMicrotask', 'setInterval', 'setTimeout'])
      delete globalThis[name];
    span('after it');
  },
  'an environment that is taken away': ({ span }) => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    span('after it');
  },
  'a look at what is open': () =>
    setTimeout(() => {
      const { fd } = process._getActiveHandles()[0] ?? {};
      console.log(process.getActiveResourcesInfo(), fd);
    }, 5),
  'a listener for new threads': () => {
    process.on('worker', () => console.log('a thread'));
    setTimeout(() => {}, 5);
  },
  'a domain': ({ span }) => {
    const domain = require('node:domain').create();
    domain.on('error', (error) => {
      console.log('domain', error.message);
      span('ended in the domain');
    });
    domain.run(() =>
      setTimeout(() => {
        throw new Error('in the domain');
      }, 5),
    );
  },
};

/** `start(name, run)` traces like traceStep of grants-otel. */
exports.waysToEnd = (start) => {
  const [way, count = '3'] = process.argv.slice(2);
  const span = (name) => start(name, () => {});
  const open = (name) => void start(name, () => new Promise(() => {}));
  for (let left = Number(count); left > 0; left--) span('just ended');
  open('in flight');
  console.log('hello');
  ways[way]({ span, open });
};

if (require.main === module) exports.waysToEnd(require('grants-otel').traceStep);
