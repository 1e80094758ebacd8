// To be preloaded after ours: breaks the part of it that FAULT names.
import { subscribe } from 'node:diagnostics_channel';

const fail = () => {
  throw new TypeError('injected');
};
const part = (path) => import(`../../../dist/instrumentation/${path}.js`);
const breakMethods = ({ prototype }, methods) => {
  for (const method of methods) prototype[method] = fail;
};
const hooks = ['onStart', 'onEnd'];
let workers = 0;
/** Not at once: it is told of before its maker has it. */
const withFirstWorker = (use) =>
  subscribe('worker_threads', ({ worker }) => {
    if (workers++ === 0) queueMicrotask(() => use(worker));
  });

const faults = {
  'event attributes': async () =>
    breakMethods((await part('processors/event-attributes')).RecordedEventIdsProcessor, ['onEnding']),
  'SQL spans': async () =>
    breakMethods((await part('processors/sql-spans')).SqlSpansProcessor, [...hooks, 'onEnding']),
  'slow spans': async () =>
    breakMethods((await part('processors/slow-spans')).SlowSpansProcessor, [...hooks, 'onEnding']),
  'trace buffer': async () => breakMethods((await part('processors/trace-buffer')).TraceBuffer, hooks),
  'whole traces': async () => breakMethods((await part('processors/trace-buffer')).TraceBuffer, ['onWhole']),
  'the end of open spans': async () =>
    breakMethods((await part('processors/trace-buffer')).TraceBuffer, ['interruptOpenSpans']),
  'packing batches': async () => breakMethods((await part('export/batches')).Batches, ['take']),
  'killed worker': () =>
    withFirstWorker((worker) => {
      worker.terminate();
    }),
  'worker that throws': () =>
    withFirstWorker((worker) => {
      worker.emit('error', new TypeError('injected'));
      worker.terminate();
    }),
};

await faults[process.env.FAULT]();
