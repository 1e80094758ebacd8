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

const event: TracedEvent = { chainId: 10n, contractName: 'Strategy', eventName: 'Registered' };
const round: TraceAttributes = { roundId: 27 };

async function main(): Promise<string[]> {
  await traceEvent(event, async () => {
    setEventAttributes(round);
    await traceStep('roundLookup', (step: Step) => step.setAttributes({ donationCount: 1 }));
  });
  // @ts-expect-error -- an attribute of another type
  setEventAttributes({ chainId: 'ten' });
  return createSpanProcessors().map((processor) => typeof processor.onEnd);
}

main().then(console.log);
