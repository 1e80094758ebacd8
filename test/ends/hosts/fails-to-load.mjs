// Imports what is not there, after a span has ended.
import { traceStep } from 'grants-otel';

await traceStep('ended', () => {});
await import('./not-there.mjs');
