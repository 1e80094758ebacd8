import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../indexer/json-server.js';
import { startReceiver } from '../support/otlp-receiver.js';
import { describeWith, freshDatabase } from '../support/servers.js';
import { createDonationLab } from './donation-lab.js';

interface Variables {
  readonly blockNumber: number;
  readonly logIndex: number;
  readonly limit: number;
}

describeWith(['postgres'], 'following a server that has nothing new', () => {
  test('the waiting is in no trace, and what comes after it is fetched as a trace again', async () => {
    const [lab, database, receiver] = await Promise.all([
      createDonationLab({ donations: 10 }),
      freshDatabase(),
      startReceiver(),
    ]);
    onTestFinished(() =>
      Promise.all([lab.remove(), database.drop(), receiver.close()]).then(() => undefined),
    );
    const served = lab.events.slice(0, -1);
    let polls = 0;
    let stop = (): void => undefined;
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { blockNumber, logIndex, limit } = (JSON.parse(body) as { variables: Variables }).variables;
      if (limit === 1) polls++;
      if (polls === 2) served.splice(0, served.length, ...lab.events);
      if (polls === 4) stop();
      const rows = served.filter(
        (one) =>
          one.blockNumber > blockNumber || (one.blockNumber === blockNumber && one.logIndex > logIndex),
      );
      response.end(JSON.stringify({ data: { raw_events: rows.slice(0, limit) } }));
    });
    const ended = await lab.index(
      [
        ...[`${url}/v1/graphql`, '--follow', '--chains', '42161', '--database-url', database.url],
        ...['--prices', join(lab.folder, 'prices.ndjson')],
      ],
      {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
        onStart: (child) => {
          stop = () => child.kill('SIGTERM');
        },
      },
    );
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/donations\s+10\n/) });
    const fetches = receiver.spans().filter(({ name }) => name === 'fetchEvents');
    const linked = new Set(receiver.spans().flatMap(({ links }) => links.map(({ spanId }) => spanId)));
    expect(polls).toBe(4);
    // The first page, the empty one after it, the late donation, the empty one after that, and the end.
    expect(fetches.map(({ spanId }) => linked.has(spanId))).toEqual([true, false, true, false, false]);
  });
});
