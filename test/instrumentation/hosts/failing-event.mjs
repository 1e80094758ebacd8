// An event whose innermost step throws; the error goes up through all of it to the host.
import { traceEvent, traceStep } from 'grants-otel';

class RoundNotFoundError extends Error {
  name = 'RoundNotFoundError';
}

try {
  await traceEvent({ chainId: 10, contractName: 'Strategy', eventName: 'AllocatedWithOrigin' }, () =>
    traceStep('handleEvent', () =>
      traceStep('roundLookup', async () => {
        throw new RoundNotFoundError('no round has this strategy');
      }),
    ),
  );
} catch (error) {
  console.log(error instanceof RoundNotFoundError, error.message);
}
