// Attributes that no attribute should be, by our API and by OpenTelemetry's.
import { trace } from '@opentelemetry/api';
import { traceEvent, traceStep } from 'grants-otel';

const odd = {
  bigint: 12345678901234567890n,
  date: new Date(0),
  none: undefined,
  nothing: null,
  huge: 'x'.repeat(1_000_000),
  surrogate: 'a\ud800b',
  nan: Number.NaN,
  infinite: Number.POSITIVE_INFINITY,
  large: 1e21,
  map: { a: 1 },
  list: ['a', null, 'b\udfff'],
  symbol: Symbol('s'),
  fn: () => {},
  'key \ud800': 'k',
};

await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E\ud800', amount: 5n }, async () => {
  await traceStep({ name: 'ours', attributes: odd }, async () => {});
  await traceStep('theirs', async () => {
    trace.getActiveSpan().setAttributes(odd);
    trace.getActiveSpan().addEvent('odd', odd);
  });
});
console.log('done');
