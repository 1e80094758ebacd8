import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await traceEvent({ chainId: 10, contractName: 'Strategy', eventName: 'Registered' }, async () => {
  setEventAttributes({ roundId: 27 });
  await traceStep('roundLookup', () => client.query('SELECT 1'));
});
await client.end();
console.log('done');
