// A step that ends after its event, one that starts after it, and one that never ends.
import { traceEvent, traceStep } from 'grants-otel';

let endLate;
let late;
await traceEvent({ chainId: 10, roundId: '1', contractName: 'S', eventName: 'E' }, async () => {
  late = traceStep('endsLate', async () => {
    await new Promise((resolve) => {
      endLate = resolve;
    });
    await traceStep('startsLate', async () => {});
  });
  void traceStep('neverEnds', () => new Promise(() => {}));
});
endLate();
await late;
