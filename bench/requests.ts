// What the export thread takes to make a request of a batch, by our writers and by the stock serializers, from the same batches, in turns:
// `npx tsx bench/requests.ts [--rounds 21]`. The batches are of 512 spans, in traces like that of a donation: 24 spans,
// ids on each, statements on half of them.
import { arch, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { Batches } from '../instrumentation/export/batches.js';
import { type PackedBatch, unpack } from '../instrumentation/export/packed-batch.js';
import { JsonRequests } from '../instrumentation/export/requests/json-requests.js';
import { ProtobufRequests } from '../instrumentation/export/requests/protobuf-requests.js';
import type { Requests } from '../instrumentation/export/requests/requests.js';
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

/** Makes bytes that are to leave; returns how many. */
type Way = (batch: PackedBatch) => number;

const stock =
  ({ serializeRequest }: typeof JsonTraceSerializer | typeof ProtobufTraceSerializer): Way =>
  (batch) =>
    serializeRequest(unpack(batch, resource))?.length ?? 0;

const ours =
  (requests: Requests): Way =>
  (batch) => {
    const request = requests.write(batch);
    requests.release(request);
    return request.length;
  };

const FORMS = {
  JSON: { stock: stock(JsonTraceSerializer), ours: ours(new JsonRequests(resourceAttributes)) },
  protobuf: { stock: stock(ProtobufTraceSerializer), ours: ours(new ProtobufRequests(resourceAttributes)) },
};

/** CPU of all threads, garbage collection included, in µs a trace. */
function cpuOf(way: Way): number {
  const before = process.cpuUsage();
  for (const batch of batches) way(batch);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / TRACES;
}

const bytesOf = (way: Way): number => batches.reduce((sum, batch) => sum + way(batch), 0);

const measured = Object.entries(FORMS).map(([form, ways]) => {
  const bytes = bytesOf(ways.stock);
  const oursBytes = bytesOf(ways.ours);
  if (bytes !== oursBytes) throw new Error(`the requests differ: ${bytes} and ${oursBytes} bytes`);
  return { form, ways, bytes, stock: [] as number[], ours: [] as number[] };
});
for (let round = 0; round < rounds; round++) {
  for (const { ways, stock, ours } of measured) {
    stock.push(cpuOf(ways.stock));
    ours.push(cpuOf(ways.ours));
  }
}
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model} (${arch()}), ${Math.round(totalmem() / 2 ** 30)} GiB; ` +
    `${TRACES} traces of ${SPANS_A_TRACE} spans, ${rounds} rounds; CPU a trace`,
);
for (const { form, bytes, stock, ours } of measured) {
  const ratio = median(ours.map((cpu, at) => cpu / (stock[at] ?? Number.NaN)));
  console.log(
    `${form}: ${Math.round(bytes / TRACES)} bytes; stock ${median(stock).toFixed(0)} µs, ours ${median(ours).toFixed(0)}, by pairs ${ratio.toFixed(2)} of it`,
  );
}
