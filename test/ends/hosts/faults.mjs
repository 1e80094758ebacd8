// To be preloaded after ours: breaks the part of it that FAULT names.

const fail = () => {
  throw new TypeError('injected');
};
const part = (path) => import(`../../../dist/instrumentation/${path}.js`);
const breakMethods = ({ prototype }, methods) => {
  for (const method of methods) prototype[method] = fail;
};
const hooks = ['onStart', 'onEnd'];

const faults = {
  'event attributes': async () =>
    breakMethods((await part('processors/event-attributes')).EventAttributesProcessor, hooks),
  'SQL spans': async () =>
    breakMethods((await part('processors/sql-spans')).SqlSpansProcessor, [...hooks, 'onEnding']),
  'slow spans': async () =>
    breakMethods((await part('processors/slow-spans')).SlowSpansProcessor, [...hooks, 'onEnding']),
  'trace buffer': async () => breakMethods((await part('processors/trace-buffer')).TraceBuffer, hooks),
  'the end of open spans': async () =>
    breakMethods((await part('processors/trace-buffer')).TraceBuffer, ['interruptOpenSpans']),
  'packing batches': async () => breakMethods((await part('export/batches')).Batches, ['take']),
  'killed worker': () =>
    process.once('worker', (worker) => {
      worker.terminate();
    }),
  'worker that throws': () =>
    process.once('worker', (worker) => {
      worker.emit('error', new TypeError('injected'));
      worker.terminate();
    }),
};

await faults[process.env.FAULT]();
