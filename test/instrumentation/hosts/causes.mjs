// Prints errors as an application does that logs them, with all that they come from. With `untraced` it does without grants-otel.
import { inspect } from 'node:util';
import * as tracing from 'grants-otel';

const { traceEvent, traceStep } =
  process.argv[2] === 'untraced'
    ? { traceEvent: (_event, run) => run(), traceStep: (_name, run) => run() }
    : tracing;

const inStep = (run) =>
  traceEvent({ chainId: 1, contractName: 'S', eventName: 'E' }, () => traceStep('step', run));

function thrown(depth, text) {
  if (depth > 0) return thrown(depth - 1, text);
  try {
    throw new Error(text);
  } catch (error) {
    return error;
  }
}

/** Without the frames of what stands in for grants-otel. */
const print = (error) =>
  console.log(
    inspect(error)
      .split('\n')
      .filter((line) => !/at trace(?:Event|Step) /.test(line))
      .join('\n'),
  );

try {
  inStep(() => {
    throw new Error('outer', { cause: thrown(12, 'inner') });
  });
} catch (error) {
  print(error);
}
await inStep(async () => {
  throw new AggregateError([thrown(12, 'first'), thrown(12, 'second')], 'all');
}).catch(print);
