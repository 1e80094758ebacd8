// For those who `require` the preload. Some versions of Node require it in their thread for hooks as well, where an ES module cannot be required.
import threads = require('node:worker_threads');

if (threads.isMainThread) module.exports = require('./index.js');
