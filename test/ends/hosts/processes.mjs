// Has children that trace as well: forked ones, cluster workers, worker threads. Usage: processes.mjs KIND
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { traceStep } from 'grants-otel';

const file = fileURLToPath(import.meta.url);
const kind = process.argv[2];
const stayUp = () => setInterval(() => {}, 1000);
const endedBy = async (child) => console.log('child', ...(await once(child, 'exit')));

const kinds = {
  fork: async () => {
    const child = fork(file, ['in a fork']);
    child.on('message', (message) => console.log('child says', message));
    await endedBy(child);
  },
  'a fork that is killed': async () => {
    const child = fork(file, ['in a fork that stays up']);
    child.once('message', () => child.kill('SIGTERM'));
    await endedBy(child);
  },
  'a fork that is disconnected': async () => {
    const child = fork(file, ['in a fork that listens']);
    child.once('message', () => child.disconnect());
    await endedBy(child);
  },
  cluster: async () => {
    cluster.setupPrimary({ exec: file, args: ['in a cluster'] });
    const worker = cluster.fork();
    await once(worker, 'online');
    await endedBy(worker);
  },
  'a cluster worker that is killed': async () => {
    cluster.setupPrimary({ exec: file, args: ['in a cluster that stays up'] });
    const worker = cluster.fork();
    worker.once('message', () => worker.kill());
    await endedBy(worker);
  },
  'a cluster worker that is disconnected': async () => {
    cluster.setupPrimary({ exec: file, args: ['in a fork that listens'] });
    const worker = cluster.fork();
    worker.once('message', () => worker.disconnect());
    await endedBy(worker);
  },
  'worker threads': async () => {
    await endedBy(new Worker(new URL(import.meta.url), { argv: ['in a thread'] }));
    const endless = new Worker(new URL(import.meta.url), { argv: ['in a thread that stays up'] });
    await once(endless, 'message');
    console.log('terminated', await endless.terminate());
  },
  'in a fork': () => {
    process.send('hello');
  },
  'in a fork that stays up': () => {
    stayUp();
    setImmediate(() => process.send('up'));
  },
  'in a fork that listens': () => {
    process.on('message', () => {});
    process.send('up');
  },
  'in a cluster': () => process.exit(3),
  'in a cluster that stays up': () => {
    stayUp();
    setImmediate(() => process.send('up'));
  },
  'in a thread': () => process.exit(4),
  'in a thread that stays up': async () => {
    stayUp();
    const { parentPort } = await import('node:worker_threads');
    parentPort.postMessage('up');
  },
};

traceStep(kind, () => {});
void traceStep(`${kind}, in flight`, () => new Promise(() => {}));
await kinds[kind]();
if (isMainThread && !kind.startsWith('in a ')) console.log(kind, 'is through');
