// Waits for connections that others have. Usage: pool-holders.mjs DATABASE_URL

import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { traceEvent, traceStep } from 'grants-otel';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.argv[2], max: 4 });

const inEvent = (eventName, handle) =>
  traceEvent({ chainId: 10, contractName: 'Pool', eventName }, () => traceStep(`step${eventName}`, handle));

/** Has a connection, on which `run` was run, and gives it back when `done` says so. */
async function hold(run, done) {
  const client = await pool.connect();
  await run(client);
  held.push(client);
  await done;
  client.release();
}
const held = [];
const heldAre = async (count) => {
  while (held.length < count) await new Promise(setImmediate);
};
const gate = () => {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

const first = gate();
const holders = [
  hold((client) => client.query('SELECT 1'), first.opened),
  inEvent('Holds', () => hold((client) => client.query('SELECT 1'), first.opened)),
  // What is left out, as of a step that is a leaf, is known by the step.
  inEvent('Floods', () =>
    Promise.all(
      [1, 2].map(() =>
        context.with(suppressTracing(context.active()), () =>
          hold((client) => client.query('SELECT 1'), first.opened),
        ),
      ),
    ),
  ),
];
await heldAre(4);
const waiting = ['Waits', 'WaitsMore'].map((name) => inEvent(name, () => pool.query('SELECT 1')));
first.open();
await Promise.all([...holders, ...waiting]);

// Who had them before has nothing to do with it.
const second = gate();
held.length = 0;
const idlers = [1, 2, 3, 4].map(() => inEvent('Idles', () => hold(() => {}, second.opened)));
await heldAre(4);
const last = inEvent('WaitsForIdlers', () => pool.query('SELECT 1'));
second.open();
await Promise.all([...idlers, last]);

// Who has waited for a connection is known before anything is run on it.
const few = new pg.Pool({ connectionString: process.argv[2], max: 1 });
const lent = await few.connect();
held.length = 0;
const fourth = gate();
const late = inEvent('GetsLate', async () => {
  const client = await few.connect();
  held.push(client);
  await fourth.opened;
  client.release();
});
await new Promise(setImmediate);
lent.release();
await heldAre(1);
const later = inEvent('WaitsForLate', () => few.query('SELECT 1'));
fourth.open();
await Promise.all([late, later]);
await few.end();

// Who gives a connection back has nothing to do with what runs on it next.
const one = new pg.Pool({ connectionString: process.argv[2], max: 1 });
const third = gate();
held.length = 0;
const holder = inEvent('Gives', async () => {
  const client = await one.connect();
  await client.query('SELECT 1');
  held.push(client);
  await third.opened;
  // Another one is opened for who waits.
  client.release(true);
});
await heldAre(1);
const untraced = new Promise((resolve, reject) => {
  one.connect((error, client, release) => {
    if (error) reject(error);
    else
      client.query('SELECT 2 AS untraced').then(() => {
        resolve(
          inEvent('WaitsForUntraced', () => Promise.all([one.query('SELECT 3'), setImmediate(release)])),
        );
      }, reject);
  });
});
third.open();
await Promise.all([holder, untraced]);

// Who asks in the same turn as another one waits for that one, though the connection is idle still.
const both = ['AsksFirst', 'AsksInSameTurn'].map((name) => inEvent(name, () => one.query('SELECT 4')));
await Promise.all(both);
await one.end();
await pool.end();
