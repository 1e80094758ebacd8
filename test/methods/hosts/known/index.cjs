// Goes by a name that is known, and calls its steps from a timer. Usage: index.cjs
const { Processor } = require('./timers.cjs');

new Processor().processEvent({ amount: '5' }).then(console.log);
