import { expect, test } from 'vitest';
import { startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';
import { describeWith, freshDatabase } from '../support/servers.js';

describeWith(['postgres'], 'a wait for a connection', () => {
  test('tells how many waited before it, and which steps had the connections of a pool that opens no more', async () => {
    const receiver = await startReceiver();
    const database = await freshDatabase();
    try {
      const ended = await runNode(
        ['--require', './instrumentation', 'test/instrumentation/hosts/pool-holders.mjs', database.url],
        { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } },
      );
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const spans = receiver.spans();
      const waits = spans
        .filter(({ name }) => name === 'pg-pool.connect')
        .map(({ traceId, attributes, attributeTypes }) => ({
          event: spans.find((span) => span.traceId === traceId && span.name.startsWith('Pool.'))?.name,
          waiting: attributes['poolWaiting'],
          heldBy: attributes['poolHeldBy'],
          type: attributeTypes['poolWaiting'],
        }))
        .sort((one, other) => String(one.event).localeCompare(String(other.event)));
      const ofOpening = { waiting: undefined, heldBy: undefined, type: undefined };
      expect(waits).toEqual([
        { event: 'Pool.AsksInSameTurn', waiting: 0, heldBy: '(no statement yet)', type: 'int' },
        { event: 'Pool.GetsLate', waiting: 0, heldBy: '(no statement yet)', type: 'int' },
        { event: 'Pool.Gives', ...ofOpening },
        // Nobody has to give this one a connection: it is opened.
        { event: 'Pool.Holds', ...ofOpening },
        { event: 'Pool.Waits', waiting: 0, heldBy: '(not traced), stepFloods, stepHolds', type: 'int' },
        { event: 'Pool.WaitsForIdlers', waiting: 0, heldBy: '(no statement yet)', type: 'int' },
        { event: 'Pool.WaitsForLate', waiting: 0, heldBy: 'stepGetsLate', type: 'int' },
        { event: 'Pool.WaitsForUntraced', waiting: 0, heldBy: '(not traced)', type: 'int' },
        { event: 'Pool.WaitsMore', waiting: 1, heldBy: '(not traced), stepFloods, stepHolds', type: 'int' },
      ]);
      expect(
        spans.filter(({ attributes }) => String(attributes['db.query.text']).includes('untraced')),
      ).toEqual([]);
    } finally {
      await receiver.close();
      await database.drop();
    }
  });
});
