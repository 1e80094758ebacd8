import {
  type Step,
  setEventAttributes,
  type TraceAttributes,
  type TracedEvent,
  traceEvent,
  traceStep,
} from 'grants-otel';
import 'grants-otel/instrumentation';
import { createSpanProcessors } from 'grants-otel/processors';
import pg from 'pg';

const event: TracedEvent = { chainId: 10n, contractName: 'Strategy', eventName: 'Registered' };
const round: TraceAttributes = { roundId: 27 };
const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
await traceEvent(event, async () => {
  setEventAttributes(round);
  await traceStep('roundLookup', async (step: Step) => {
    await client.query('SELECT 1');
    step.setAttributes({ donationCount: 1 });
  });
});
await client.end();
export const names: string[] = createSpanProcessors().map((processor) => typeof processor.onEnd);
// @ts-expect-error -- an attribute of another type
setEventAttributes({ chainId: 'ten' });
console.log('done');
