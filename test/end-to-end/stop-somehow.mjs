// To be preloaded: ends the process in the way that STOP says, STOP_AFTER_MS after its start.
const ways = {
  'process.exit': () => process.exit(21),
  'an uncaught error': () => {
    throw new Error('stopped by an uncaught error');
  },
  'an unhandled rejection': () => {
    void Promise.reject(new Error('stopped by an unhandled rejection'));
  },
  'process.exit in an exit listener': () => {
    process.on('exit', () => process.exit(22));
    process.exit(1);
  },
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  SIGINT: () => process.kill(process.pid, 'SIGINT'),
  SIGHUP: () => process.kill(process.pid, 'SIGHUP'),
  // The indexer's own listeners go first: then a signal is deadly.
  'SIGTERM, unheard': () => process.removeAllListeners('SIGTERM').kill(process.pid, 'SIGTERM'),
  'SIGINT, unheard': () => process.removeAllListeners('SIGINT').kill(process.pid, 'SIGINT'),
};

setTimeout(ways[process.env.STOP], Number(process.env.STOP_AFTER_MS)).unref();
