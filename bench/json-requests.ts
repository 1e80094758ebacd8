// What the export thread takes to make a request of a batch, by our writer and by the stock serializer, from the same batches, in turns:
// `npx tsx bench/json-requests.ts [--rounds 21]`. The batches are of 512 spans, in traces like that of a donation: 24 spans,
// ids on each, statements on half of them.
import { arch, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { Batches } from '../instrumentation/export/batches.js';
import { JsonRequests } from '../instrumentation/export/json-request.js';
import { type PackedBatch, unpack } from '../instrumentation/export/packed-batch.js';
import type { SpanRecord } from '../instrumentation/export/span-record.js';
import { median } from './median.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' } } });
const rounds = Number(values.rounds);
const TRACES = 800;
const SPANS_A_TRACE = 24;

const resourceAttributes = { 'service.name': 'grants-indexer', 'service.version': '0.1.0' };
const resource = resourceFromAttributes(resourceAttributes);

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const STEPS = { name: 'grants-otel', version: '0.1.0' };
const STATEMENTS = { name: '@opentelemetry/instrumentation-pg', version: '0.76.0' };
const sharedOf: readonly Attributes[] = Array.from({ length: SPANS_A_TRACE / 2 }, (_, at) => ({
  'db.system.name': 'postgresql',
  'db.namespace': 'grants',
  'server.address': '127.0.0.1',
  'server.port': 5432,
  'db.query.text': `update "grants"."table_${at}" set "total" = "total" + $1, "donors" = $2 where "chain_id" = $3 and "id" = $4`,
}));

function spanOf(trace: number, at: number, ids: Attributes): SpanRecord {
  const isStatement = at % 2 === 1;
  const context = {
    traceId: hex(trace + 1, 32),
    spanId: hex(trace * SPANS_A_TRACE + at + 1, 16),
    traceFlags: 1,
  };
  const startNs = (trace * SPANS_A_TRACE + at) * 1000;
  return {
    name: isStatement ? `pg.query:UPDATE grants` : `Step${at}`,
    kind: isStatement ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    parentSpanContext: { ...context, spanId: hex(trace * SPANS_A_TRACE + 1, 16) },
    startTime: [1_790_000_000, startNs],
    endTime: [1_790_000_000, startNs + 900],
    status: { code: 0 },
    attributes:
      isStatement || at % 4 !== 0
        ? {}
        : { amount: String(10_000_000 + trace), donorAddress: `0x${hex(trace, 40)}` },
    shared: isStatement ? sharedOf[(at - 1) / 2] : undefined,
    ids,
    events: [],
    links: [],
    instrumentationScope: isStatement ? STATEMENTS : STEPS,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const filled = new Batches(512);
for (let trace = 0; trace < TRACES; trace++) {
  const ids = { chainId: 42161, roundId: '27', applicationId: String(trace % 20) };
  filled.add(Array.from({ length: SPANS_A_TRACE }, (_, at) => spanOf(trace, at, ids)));
}
const batches = filled.take('all');
const requests = new JsonRequests(resourceAttributes);

/** In both, bytes that are to leave; returns how many. */
const WAYS: Record<string, (batch: PackedBatch) => number> = {
  stock: (batch) => JsonTraceSerializer.serializeRequest(unpack(batch, resource))?.length ?? 0,
  ours: (batch) => {
    const request = requests.write(batch);
    requests.release(request);
    return request.length;
  },
};

/** CPU of all threads, garbage collection included, in µs a trace. */
function cpuOf(way: (batch: PackedBatch) => number): number {
  const before = process.cpuUsage();
  for (const batch of batches) way(batch);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / TRACES;
}

const bytes = Object.values(WAYS).map((way) => batches.reduce((sum, batch) => sum + way(batch), 0));
if (bytes[0] !== bytes[1]) throw new Error(`the requests differ: ${bytes.join(' and ')} bytes`);
const taken: Record<string, number[]> = { stock: [], ours: [] };
for (let round = 0; round < rounds; round++) {
  for (const [name, way] of Object.entries(WAYS)) taken[name]?.push(cpuOf(way));
}
const { stock = [], ours = [] } = taken;
const ratios = ours.map((cpu, at) => cpu / (stock[at] ?? Number.NaN));
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model} (${arch()}), ${Math.round(totalmem() / 2 ** 30)} GiB; ` +
    `${TRACES} traces of ${SPANS_A_TRACE} spans, ${Math.round((bytes[0] ?? 0) / TRACES)} bytes each, ${rounds} rounds`,
);
console.log(
  `stock ${median(stock).toFixed(0)} µs of CPU a trace, ours ${median(ours).toFixed(0)}, by pairs ${median(ratios).toFixed(2)} of it`,
);
