// An event in the primary, and one in each of two workers of a cluster: processes of their own, all traced.
import cluster from 'node:cluster';
import { traceEvent } from 'grants-otel';

const eventName = cluster.isPrimary ? 'InPrimary' : 'InWorker';
await traceEvent({ chainId: 10, contractName: 'Strategy', eventName }, async () => {});
if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  cluster.worker.disconnect();
}
