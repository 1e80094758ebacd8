import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';
import { drawTree } from '../support/trace-tree.js';
import { describeInstalled } from './describe-installed.js';
import { type Installed, install } from './install.js';
import { nodeOf } from './node-versions.js';

/** Copies of `@opentelemetry/api` beside the one of this package, by the names they are installed under. */
const COPIES = {
  '@opentelemetry/api': '1.10.0',
  'api-of-another-minor': 'npm:@opentelemetry/api@1.4.0',
  'api-of-another-patch': 'npm:@opentelemetry/api@1.9.0',
};

describeInstalled([], 'an application with other copies of @opentelemetry/api than ours', () => {
  let app: Installed;
  let receiver: Receiver;

  beforeAll(async () => {
    app = await install(COPIES);
    for (const name of ['app.mjs', 'before.cjs', 'after.cjs', 'late-sdk.mjs']) {
      const host = new URL(`hosts/api-versions/${name}`, import.meta.url);
      await app.write({ [name]: await readFile(host, 'utf8') });
    }
  }, 240_000);

  afterAll(() => app.remove());

  beforeEach(async () => {
    receiver = await startReceiver();
  });

  afterEach(() => receiver.close());

  test.each(Object.keys(COPIES))('keeps what it has registered before the preload by %s', async (copy) => {
    const flags = ['--require', './before.cjs', '--require', 'grants-otel/instrumentation'];
    const { code, stdout, stderr } = await runNode([...flags, 'after.cjs'], {
      cwd: app.folder,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, COPY: copy },
    });
    const lines = 'SDK true, contexts true\nmeters true, by the application, heard anything\n';
    expect({ code, stdout }).toEqual({ code: 0, stdout: lines });
    expect(stderr).toMatch(/^grants-otel: [^\n]* so this preload steps back: [^\n]*\n$/);
    expect(drawTree(receiver.spans())).toBe('Strategy.Registered');
  });

  test.each([
    ['without', []],
    ['with', ['--require', 'grants-otel/instrumentation']],
  ])('has its own SDK get what comes after it is registered, %s the preload', async (_how, flags) => {
    const { code, stdout, stderr } = await runNode([...flags, 'late-sdk.mjs'], {
      cwd: app.folder,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'true of mine, true S.After\n' });
    const lines = stderr.split('\n').filter((line) => line !== '');
    expect(lines).toEqual(flags.map(() => expect.stringMatching(/so this preload steps back/)).slice(1));
    expect(receiver.spans().map((span) => span.name)).toEqual(flags.length > 0 ? ['S.Before'] : []);
  });

  describe.each([20, 24])('on Node %i', (node) => {
    test('has the spans that it makes by each of them, and registers what we do not', async () => {
      const ended = await runNode(
        ['--require', 'grants-otel/instrumentation', 'app.mjs', ...Object.keys(COPIES)],
        {
          node: await nodeOf(node),
          cwd: app.folder,
          env: {
            OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
            OTEL_LOG_LEVEL: 'info',
            GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0',
          },
        },
      );
      const each = (name: string): string =>
        `${name}: metrics true, found true, logger true, heard true, context true\n`;
      expect(ended).toEqual({
        code: 0,
        signal: null,
        stdout: Object.keys(COPIES).map(each).join(''),
        stderr: '',
      });
      expect(drawTree(receiver.spans())).toBe(
        [
          'Strategy.Registered',
          '├─ by @opentelemetry/api',
          '├─ by api-of-another-minor',
          '└─ by api-of-another-patch',
        ].join('\n'),
      );
    });
  });
});
