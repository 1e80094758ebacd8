// One event with two steps; its round is known only after the first step has ended.
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

const batch = await traceStep('fetchEvents', async (step) => ({ link: step.link }));
const result = await traceEvent(
  {
    chainId: 42161n,
    contractName: 'Strategy',
    eventName: 'AllocatedWithOrigin',
    blockNumber: 260000001,
    logIndex: 3,
    transactionHash: '0xabc',
    blockTimestampMs: Date.now() - 60_000,
    fetchedBy: batch.link,
  },
  async () => {
    await traceStep('handleEvent', () => traceStep('tokenValidation', () => 'synchronous'));
    setEventAttributes({ roundId: 27, amount: 123456789012345678901234567890n });
    return traceStep({ name: 'InsertDonation', attributes: { amountInUsd: '1.5' } }, async (step) => {
      setEventAttributes({ applicationId: '3' });
      step.setAttributes({ uniqueDonorsCount: 2n });
      return 'result';
    });
  },
);
console.log(result);
