// Tells attributes in types that they do not have, in JavaScript, where nobody minds.
import { setEventAttributes, traceEvent } from 'grants-otel';

const inSeconds = 1_732_800_000;
for (const blockTimestampMs of [inSeconds, Number.NaN, inSeconds * 1e6, Infinity, null, inSeconds * 1000])
  traceEvent(
    { chainId: 10, contractName: 'S', eventName: 'Attributes', blockTimestampMs, roundId: null },
    () => setEventAttributes({ amountInUsd: 12.5, amount: 5n, applicationId: { id: 'secret' } }),
  );
