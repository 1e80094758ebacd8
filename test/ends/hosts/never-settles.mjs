// Waits for good at the top level, with nothing that keeps it alive.
import { traceStep } from 'grants-otel';

await traceStep('ended', () => {});
await traceStep('in flight', () => new Promise(() => {}));
