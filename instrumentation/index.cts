// For those who `require` the preload. Node 22 requires it in its thread for hooks as well, where an ES module cannot be required.
import threads = require('node:worker_threads');

if (threads.isMainThread) module.exports = require('./index.js');
