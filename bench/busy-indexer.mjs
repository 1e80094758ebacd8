// A program with the shape of an indexer, for measurements: several chains side by side, events one after the other on each, 16 spans an event,
// and what a database would take awaited with a timer. Usage: busy-indexer.mjs EVENTS. Writes `at 25`, `at 75` (per cent of the events) as
// it gets there; at its end, on fd 3 of its own, one line of JSON: see Figures in collector-faults.ts.
import { createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { SpanKind, trace } from '@opentelemetry/api';
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

const EVENTS = Number(process.argv[2]);
const WARM_UP_EVENTS = 300;
const CHAINS = [1, 10, 42161, 8453, 137, 250, 1329, 43114];

const sql = trace.getTracer('@opentelemetry/instrumentation-pg', '0.76.0');
const INSERT = `INSERT INTO donations (${'a_column, '.repeat(14)}id) VALUES (${'$1, '.repeat(14)}$15) ON CONFLICT DO NOTHING`;

/** What the stock instrumentation of PostgreSQL makes of a statement. */
async function query(name, text) {
  const attributes = {
    'db.system.name': 'postgresql',
    'db.namespace': 'grants',
    'server.address': 'localhost',
    'server.port': 5432,
    'db.query.text': text,
  };
  const span = sql.startSpan(name, { kind: SpanKind.CLIENT, attributes });
  await wait(1);
  span.end();
}

/** Decoding, validating and hashing, as much of it as an event takes. */
function work(index) {
  let text = `${index}`;
  for (let round = 0; round < 60; round++) {
    const parsed = JSON.parse(JSON.stringify({ text, list: [round, round + 1], nested: { amount: text } }));
    text = createHash('sha256').update(parsed.nested.amount).digest('hex');
  }
  return text;
}

function donation(chainId, index) {
  const hash = `0x${work(index)}`;
  const event = {
    chainId,
    contractName: 'Strategy',
    eventName: 'AllocatedWithOrigin',
    blockNumber: 260_000_000 + index,
    logIndex: index % 100,
    transactionHash: hash,
    donorAddress: hash.slice(0, 42),
    amount: `${index}000000000000000`,
  };
  return traceEvent(event, async () => {
    await traceStep('handleEvent', async () => {
      await traceStep('roundLookup', () =>
        query('pg.query:SELECT grants', 'SELECT id FROM rounds WHERE chain_id = $1'),
      );
      setEventAttributes({ roundId: `${index % 50}` });
      await traceStep('applicationLookup', () =>
        query('pg.query:SELECT grants', 'SELECT id FROM applications WHERE round_id = $1'),
      );
      setEventAttributes({ applicationId: `${index % 7}` });
      traceStep('tokenValidation', () => work(index));
      traceStep('priceCalculation', () => undefined);
      traceStep('metadataParsing', () => JSON.parse('{"title":"A grant"}'));
    });
    await traceStep('applyChanges', async () => {
      await query('pg.query:BEGIN grants', 'BEGIN');
      await traceStep({ name: 'InsertDonation', attributes: { amount: '1' } }, () =>
        query('pg.query:INSERT grants', INSERT),
      );
      await traceStep('IncrementRoundDonationStats', () =>
        query('pg.query:UPDATE grants', 'UPDATE rounds SET total = total + $1 WHERE id = $2'),
      );
      await query('pg.query:COMMIT grants', 'COMMIT');
    });
  });
}

/** CPU time of the main thread: in nanoseconds on Linux, elsewhere that of the whole process in microseconds. */
function mainThreadMs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3;
  }
}

async function run(events, onEvent) {
  let next = 0;
  const chain = async (chainId) => {
    while (next < events) {
      const index = next++;
      await donation(chainId, index);
      onEvent(index);
    }
  };
  await Promise.all(CHAINS.map(chain));
}

await run(WARM_UP_EVENTS, () => {});
const cpuMs = mainThreadMs();
const startedMs = performance.now();
await run(EVENTS, (index) => {
  if (index === Math.floor(EVENTS / 4)) writeSync(1, 'at 25\n');
  if (index === Math.floor((EVENTS * 3) / 4)) writeSync(1, 'at 75\n');
});
const tookMs = performance.now() - startedMs;

process.on('exit', () => {
  // After the preload's own listener: the last flush is part of what it costs.
  const figures = {
    eventsPerSecond: (EVENTS * 1000) / tookMs,
    cpuMsPerEvent: (mainThreadMs() - cpuMs) / EVENTS,
    peakMb: process.resourceUsage().maxRSS / 1024,
    flushMs: performance.now() - startedMs - tookMs,
  };
  writeSync(3, `${JSON.stringify(figures)}\n`);
});
