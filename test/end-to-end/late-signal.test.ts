import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../support/otlp-receiver.js';
import { describeWith, freshDatabase } from '../support/servers.js';
import { createDonationLab } from './donation-lab.js';

describeWith(['postgres'], 'a signal that comes when the run is over', () => {
  test('lets the last spans leave, and does not change the exit code', async () => {
    const [lab, database, receiver] = await Promise.all([
      createDonationLab({ donations: 2 }),
      freshDatabase(),
      startReceiver(),
    ]);
    onTestFinished(() =>
      Promise.all([lab.remove(), database.drop(), receiver.close()]).then(() => undefined),
    );
    const ended = await lab.index(
      [
        ...[join(lab.folder, 'events.ndjson'), '--database-url', database.url],
        ...['--prices', join(lab.folder, 'prices.ndjson')],
      ],
      {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '60000' },
        onStart: (child) =>
          receiver.behave(() => {
            child.kill('SIGINT');
            return { mode: 'ok' };
          }),
      },
    );
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(receiver.spans().filter(({ name }) => name === 'Strategy.AllocatedWithOrigin')).toHaveLength(2);
  });
});
