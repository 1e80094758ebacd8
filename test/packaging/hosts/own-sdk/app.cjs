// One event of an application that has an OpenTelemetry SDK of its own; a slow insert, and one that fails.
const pg = require('pg');

async function main() {
  const { setEventAttributes, traceEvent, traceStep } = await import('grants-otel');
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query('CREATE TABLE donations (id text PRIMARY KEY)');
  const insert = (id) =>
    client.query(`WITH nap AS (SELECT pg_sleep(0.3)) INSERT INTO donations SELECT '${id}' FROM nap`);
  const event = { chainId: 42161n, contractName: 'Strategy', eventName: 'AllocatedWithOrigin' };
  await traceEvent(event, async () => {
    await traceStep('roundLookup', async () => {
      await client.query("SELECT 'secret' AS round");
      setEventAttributes({ roundId: 27 });
    });
    await traceStep('InsertDonation', () => insert('secret'));
    await traceStep('InsertAgain', () => insert('secret')).catch(() => {});
  });
  await client.end();
}

main().then(() => console.log('done'));
