// Ends 50,000 spans in less than a second, and then itself. Usage: many-spans.mjs WAY
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('many');
for (let span = 0; span < 50_000; span++) {
  tracer.startSpan('many', { root: true, attributes: { chainId: 10, roundId: '27' } }).end();
}
const ways = {
  natural: () => {},
  'process.exit': () => process.exit(7),
  SIGTERM: () => {
    setInterval(() => {}, 1000);
    console.log('up');
  },
  'an uncaught error': () => {
    throw new Error('uncaught');
  },
};
ways[process.argv[2]]();
