// To be preloaded before ours: takes out the listeners by which Node opens and closes its handles of signals, as a Node without them.
process.removeAllListeners('newListener');
process.removeAllListeners('removeListener');
