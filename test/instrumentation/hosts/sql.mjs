// Statements of several kinds inside events, and one outside. Usage: sql.mjs DATABASE_URL

import { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { inspect } from 'node:util';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { traceEvent, traceStep } from 'grants-otel';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const pool = new pg.Pool({ connectionString: process.argv[2], max: 1 });
await pool.query('CREATE TABLE donors (id int PRIMARY KEY, n numeric, name text)');

const inEvent = (eventName, handle) =>
  traceEvent({ chainId: 10, roundId: '7', contractName: 'Sql', eventName }, handle).catch((error) =>
    console.log(`${eventName}: ${error.message}`),
  );

await inEvent('Named', () =>
  traceStep('insert', () =>
    pool.query({ name: 'ins', text: "INSERT INTO donors VALUES ($1, 5, 'Alice''s')", values: [1] }),
  ),
);
await inEvent('Cte', () =>
  traceStep('count', () =>
    pool.query(
      'WITH one AS (SELECT n FROM donors WHERE id = $1)\nUPDATE donors SET n = donors.n + one.n FROM one -- 4 eyes only',
      [1],
    ),
  ),
);
await inEvent('Duplicate', () =>
  traceStep('insert', () => pool.query("INSERT INTO donors VALUES (1, 1, 'Bob')")),
);
await inEvent('Cast', () => traceStep('cast', () => pool.query('SELECT $1::numeric', ['hunter2'])));
const away = new pg.Pool({ host: '127.0.0.1', port: 1 });
await inEvent('Away', () => traceStep('lookup', () => away.query('SELECT 1')));
/** A host with two addresses, of which none answers. */
class SocketOfTwo extends Socket {
  connect(port) {
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const lookup = (_host, _options, done) => done(null, addresses);
    return super.connect({ port, host: 'two.example', lookup, autoSelectFamily: true });
  }
}
const awayTwice = new pg.Pool({ host: 'two.example', port: 1, stream: () => new SocketOfTwo() });
await inEvent('AwayTwice', () => traceStep('lookup', () => awayTwice.query('SELECT 1')));
const wrap = (error) => {
  throw new Error(`cannot store it: ${error.message} (${error.detail})`);
};
await inEvent('Copied', () =>
  traceStep('store', () => pool.query("INSERT INTO donors VALUES (1, 1, 'Bob')").catch(wrap)),
);
await inEvent('Raw', () =>
  trace.getTracer('mine').startActiveSpan('raw', (span) =>
    pool.query('SELECT $1::numeric', ['hunter2']).catch((error) => {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      span.end();
    }),
  ),
);
const submit = (client, text) =>
  new Promise((resolve, reject) => {
    client.query(new pg.Query(text)).on('end', resolve).on('error', reject);
  });
const client = await pool.connect();
await inEvent('Object', () => traceStep('read', () => submit(client, 'SELECT 1')));
await inEvent('BadObject', () => traceStep('read', () => submit(client, "SELECT 'hunter2'::numeric")));
const copy = (lines) => pipeline(lines, client.query(copyFrom('COPY donors FROM STDIN')));
await inEvent('Copy', () => traceStep('load', () => copy(['2\t1\tAnn\n'])));
await inEvent('BadCopy', () => traceStep('load', () => copy(['2\t1\tBob\n'])));
const called = (text) =>
  new Promise((resolve, reject) => {
    client.query(new pg.Query(text, (error, answer) => (error ? reject(error) : resolve(answer))));
  });
await inEvent('Callback', () => traceStep('read', () => called('SELECT 1')));
await inEvent('BadCallback', () => traceStep('read', () => called("SELECT 'hunter2'::numeric")));
// One that cannot be changed, with all that a client calls of it.
class Frozen {
  constructor(done) {
    this.done = done;
    Object.freeze(this);
  }
  submit(connection) {
    connection.query('SELECT 1');
  }
  handleRowDescription() {}
  handleDataRow() {}
  handleCommandComplete() {}
  handleReadyForQuery() {
    this.done();
  }
}
// To have a client send statements one after the other is deprecated, which it says.
process.noDeprecation = true;
const queries = (on, ...texts) => Promise.allSettled(texts.map((text) => on.query(text)));
const rowsOf = ({ value, reason }) => value?.rows.length ?? reason.code;
await inEvent('Queued', () =>
  traceStep('all', async () => {
    const answers = await queries(client, 'SELECT 1', "SELECT 'hunter2'::numeric", 'SELECT 2');
    console.log(answers.map(rowsOf).join());
  }),
);
const ended = new pg.Client(process.argv[2]);
ended.on('error', () => {});
await ended.connect();
await inEvent('Lost', () =>
  traceStep('all', () => queries(ended, 'SELECT pg_terminate_backend(pg_backend_pid())', 'SELECT 1')),
);
await inEvent('Frozen', () =>
  traceStep('read', () => new Promise((done) => void client.query(new Frozen(done)))),
);
client.release();
await inEvent('Waits', () =>
  traceStep('both', () => Promise.all([pool.query('SELECT 1'), pool.query('SELECT 2')])),
);
const fresh = new pg.Pool({ connectionString: process.argv[2] });
await inEvent('Opens', () => traceStep('first', () => fresh.query('SELECT 1')));
const unreadable = {
  toPostgres() {
    throw new RangeError('no value');
  },
};
await inEvent('Unreadable', () => traceStep('read', () => fresh.query('SELECT $1::text', [unreadable])));
await fresh.end();
const two = new pg.Pool({ connectionString: process.argv[2], max: 2 });
const [idle, taken] = await Promise.all([two.connect(), two.connect()]);
idle.release();
let go;
const both = new Promise((resolve) => {
  go = resolve;
});
const asks = inEvent('Asks', () =>
  traceStep('ask', async () => {
    await both;
    await two.query('SELECT 1');
  }),
);
const gives = inEvent('Gives', () =>
  traceStep('give', async () => {
    await both;
    taken.release();
  }),
);
go();
await Promise.all([asks, gives]);
await two.end();
const one = new pg.Pool({ connectionString: process.argv[2], max: 1 });
const broken = await one.connect();
const opensLater = inEvent('OpensLater', () => traceStep('wait', () => one.query('SELECT 1')));
await inEvent('Breaks', () => traceStep('break', async () => broken.release(true)));
await opensLater;
await one.end();
const other = new pg.Pool({ connectionString: process.argv[2], max: 1 });
const statements = () =>
  Promise.all([
    other.query('SELECT 1'),
    new Promise((resolve, reject) =>
      other.connect((error, connected, release) => {
        if (error) reject(error);
        else resolve(connected.query('SELECT 2').finally(() => release()));
      }),
    ),
  ]);
let tookIt;
const isTaken = new Promise((resolve) => {
  tookIt = resolve;
});
const leftOut = isTaken.then(() =>
  inEvent('LeftOut', () =>
    traceStep('wait', () => context.with(suppressTracing(context.active()), statements)),
  ),
);
await inEvent('MakesRoom', () =>
  traceStep('break', async () => {
    const broken = await other.connect();
    tookIt();
    await new Promise(setImmediate);
    if (/grants-otel|StepContext/.test(inspect(other._pendingQueue, { depth: 5 })))
      console.error('the pool shows what was noted');
    broken.release(true);
    await leftOut;
  }),
);
await other.end();
const full = new pg.Pool({ connectionString: process.argv[2], max: 1 });
const held = await full.connect();
full.options.connectionTimeoutMillis = 20;
await inEvent('Full', () => traceStep('wait', () => full.query('SELECT 1')));
held.release();
await full.end();
await pool.end();
