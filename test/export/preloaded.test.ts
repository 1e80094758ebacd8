import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { type RunOptions, runNode } from '../support/run-node.js';
import { selfSigned } from '../support/self-signed.js';
import { withoutThreads } from './hosts/without-threads.js';

const HOST = 'test/instrumentation/hosts/one-event.mjs';
const quiet = { code: 0, signal: null, stdout: 'result\n', stderr: '' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preloaded-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function withReceiver(
  options: Parameters<typeof startReceiver>[0],
  use: (receiver: Receiver) => Promise<void>,
): Promise<void> {
  const receiver = await startReceiver(options);
  try {
    await use(receiver);
  } finally {
    await receiver.close();
  }
}

const runHost = (env: RunOptions['env'], nodeArgs: readonly string[] = []) =>
  runNode([...nodeArgs, '--require', './instrumentation', HOST], env ? { env } : {});

const names = (receiver: Receiver) => receiver.spans().map(({ name }) => name);

it('a preloaded program ends, also where Node writes to the streams of the thread that exports', async () => {
  await withReceiver({}, async (receiver) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, NODE_DEBUG: 'worker,module' };
    const ends = await Promise.all(Array.from({ length: 6 }, () => runHost(env)));
    for (const { code, stdout } of ends) expect({ code, stdout }).toEqual({ code: 0, stdout: 'result\n' });
    expect(names(receiver)).toHaveLength(30);
  });
});

describe('a preloaded program exports as the standard variables say', () => {
  it.each(['http/json', 'http/protobuf'])('%s, gzip and headers', async (protocol) => {
    await withReceiver({}, async (receiver) => {
      const ended = await runHost({
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret,x-team=grants',
      });

      expect(ended).toEqual(quiet);
      expect(receiver.requests[0]?.headers).toMatchObject({
        'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
        'content-encoding': 'gzip',
        authorization: 'Bearer secret',
        'x-team': 'grants',
      });
      expect(names(receiver)).toContain('Strategy.AllocatedWithOrigin');
    });
  });

  it('over TLS with a certificate of its own', async () => {
    const { certPath, key, cert } = await selfSigned(folder);
    await withReceiver({ tls: { key, cert } }, async (receiver) => {
      const ended = await runHost({
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_CERTIFICATE: certPath,
      });

      expect(ended).toEqual(quiet);
      expect(names(receiver)).toContain('Strategy.AllocatedWithOrigin');
    });
  });

  it('not over TLS to one that it has no certificate of, and one line says why', async () => {
    const { key, cert } = await selfSigned(folder);
    await withReceiver({ tls: { key, cert } }, async (receiver) => {
      const { stderr, ...ended } = await runHost({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });

      expect(ended).toEqual({ code: 0, signal: null, stdout: 'result\n' });
      expect(stderr).toMatch(/^grants-otel: \d+ spans lost: \d+ self-signed certificate.*\n$/);
      expect(receiver.requests).toEqual([]);
    });
  });

  it('for OTEL_EXPORTER_OTLP_TIMEOUT, and no longer than GRANTS_OTEL_EXIT_TIMEOUT_MS in all', async () => {
    const behaviour: Behaviour = { mode: 'never answers' };
    await withReceiver({ behaviour }, async (receiver) => {
      const { stderr, ...ended } = await runHost({
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_TIMEOUT: '100',
        GRANTS_OTEL_EXIT_TIMEOUT_MS: '20000',
      });

      expect(ended).toEqual({ code: 0, signal: null, stdout: 'result\n' });
      expect(stderr).toMatch(/^grants-otel: \d+ spans lost: \d+ no answer within 100 ms\n$/);
      expect(receiver.requests.length).toBeGreaterThan(1);
    });
  });
});

describe('a preloaded program whose exporter has longer than a timer can wait', () => {
  it.each(['OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'])(
    'sends its spans, and one line names %s with its range',
    async (name) => {
      await withReceiver({}, async (receiver) => {
        const { stderr } = await runHost({
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          [name]: '3000000000',
        });

        expect(stderr).toMatch(
          new RegExp(
            `^grants-otel: ${name}="3000000000" is not a number of milliseconds above 0, at most 2147483647; (taking the default, 10000|it is not heeded)\n$`,
          ),
        );
        expect(names(receiver)).toContain('Strategy.AllocatedWithOrigin');
      });
    },
  );
});

describe('a preloaded program whose collector sends what turns text around in a terminal', () => {
  it('shows its words without that', async () => {
    const message = 'too\u202eold\u2066\u061c\u009b[31m\u2028and\u200fbad';
    const behaviour: Behaviour = { mode: 'partial success', rejectedSpans: 1, message };
    await withReceiver({ behaviour }, async (receiver) => {
      const { stderr } = await runHost({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });

      expect(stderr).toMatch(/^grants-otel: \d+ spans? lost: \d+ partial success: too old \[31m and bad\n$/);
    });
  });
});

describe('a preloaded program that may start no thread', () => {
  const noThread =
    'grants-otel: no worker thread (ERR_ACCESS_DENIED); traces are exported from the main thread\n';

  it('exports from the main thread, and one line says so', async () => {
    await withReceiver({}, async (receiver) => {
      const ended = await runHost({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, withoutThreads);

      expect(ended).toEqual({ ...quiet, stderr: noThread });
      expect(names(receiver)).toContain('Strategy.AllocatedWithOrigin');
    });
  });

  it('and may not write the trace file: one line more', async () => {
    await withReceiver({}, async (receiver) => {
      const { stderr, ...ended } = await runHost(
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          GRANTS_OTEL_TRACE_FILE: join(folder, 'no', 'traces.jsonl'),
        },
        withoutThreads,
      );

      expect(ended).toEqual({ code: 0, signal: null, stdout: 'result\n' });
      expect(stderr.split('\n')).toEqual([
        noThread.trim(),
        expect.stringMatching(
          /^grants-otel: the trace file is not written: Access to this API has been restricted/,
        ),
        '',
      ]);
      expect(names(receiver)).toContain('Strategy.AllocatedWithOrigin');
    });
  });
});
