import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, runCli } from '../cli/run-cli.js';
import { runNode } from '../support/run-node.js';
import { selfSigned } from '../support/self-signed.js';

const BASE = 'OTEL_EXPORTER_OTLP';

let folder: string;
let one: Awaited<ReturnType<typeof selfSigned>>;
let other: Awaited<ReturnType<typeof selfSigned>>;
let garbage: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  [one, other] = await Promise.all([selfSigned(folder, 'one'), selfSigned(folder, 'other')]);
  garbage = join(folder, 'garbage.pem');
  await writeFile(garbage, 'garbage');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Nobody listens there. */
const TLS = { [`${BASE}_ENDPOINT`]: 'https://127.0.0.1:9' };

/** Those that name a file. */
async function linesOfPreload(env: Record<string, string>): Promise<readonly string[]> {
  const { stderr, ...ended } = await runNode(
    ['--require', './instrumentation', 'test/instrumentation/hosts/one-event.mjs'],
    { env: { ...TLS, ...env } },
  );
  expect(ended).toEqual({ code: 0, signal: null, stdout: 'result\n' });
  return linesOf(stderr).filter((line) => /_(CERTIFICATE|CLIENT_KEY)\b/.test(line));
}

describe('files of certificates and keys that the variables name', () => {
  it.each<[string, () => Record<string, string>, () => string[]]>([
    [
      'a certificate authority that is not there',
      () => ({ [`${BASE}_CERTIFICATE`]: '/nope.pem' }),
      () => [
        `${BASE}_CERTIFICATE="/nope.pem" is not a file of certificates in PEM (ENOENT: no such file or directory); it is not heeded`,
      ],
    ],
    [
      'a folder',
      () => ({ [`${BASE}_TRACES_CERTIFICATE`]: folder }),
      () => [
        `${BASE}_TRACES_CERTIFICATE="${folder}" is not a file of certificates in PEM (EISDIR: illegal operation on a directory); it is not heeded`,
      ],
    ],
    [
      'garbage',
      () => ({ [`${BASE}_CERTIFICATE`]: garbage }),
      () => [
        `${BASE}_CERTIFICATE="${garbage}" is not a file of certificates in PEM (it has none); it is not heeded`,
      ],
    ],
    [
      'a key that is not there',
      () => ({ [`${BASE}_CLIENT_CERTIFICATE`]: one.certPath, [`${BASE}_CLIENT_KEY`]: '/nope.pem' }),
      () => [
        `${BASE}_CLIENT_KEY="/nope.pem" is not a file of a private key in PEM (ENOENT: no such file or directory); it is not heeded`,
      ],
    ],
    [
      'a key in place of a certificate, and the other way round',
      () => ({ [`${BASE}_CLIENT_CERTIFICATE`]: one.keyPath, [`${BASE}_CLIENT_KEY`]: one.certPath }),
      () => [
        `${BASE}_CLIENT_CERTIFICATE="${one.keyPath}" is not a file of certificates in PEM (it has none); it is not heeded`,
        `${BASE}_CLIENT_KEY="${one.certPath}" is not a file of a private key in PEM (it has none that can be read); it is not heeded`,
      ],
    ],
    [
      'a certificate without its key',
      () => ({ [`${BASE}_CLIENT_CERTIFICATE`]: one.certPath }),
      () => [`${BASE}_CLIENT_CERTIFICATE="${one.certPath}" is of no use without ${BASE}_CLIENT_KEY`],
    ],
    [
      'a key without its certificate',
      () => ({ [`${BASE}_TRACES_CLIENT_KEY`]: one.keyPath }),
      () => [`${BASE}_TRACES_CLIENT_KEY="${one.keyPath}" is of no use without ${BASE}_CLIENT_CERTIFICATE`],
    ],
    [
      'the key of another certificate',
      () => ({ [`${BASE}_CLIENT_CERTIFICATE`]: one.certPath, [`${BASE}_CLIENT_KEY`]: other.keyPath }),
      () => [
        `${BASE}_CLIENT_KEY="${other.keyPath}" is not the key of ${BASE}_CLIENT_CERTIFICATE="${one.certPath}"`,
      ],
    ],
    [
      'all that are right',
      () => ({
        [`${BASE}_CERTIFICATE`]: one.certPath,
        [`${BASE}_CLIENT_CERTIFICATE`]: one.certPath,
        [`${BASE}_TRACES_CLIENT_KEY`]: one.keyPath,
      }),
      () => [],
    ],
    [
      'a key itself in place of its path, which is not shown',
      () => ({ [`${BASE}_CLIENT_CERTIFICATE`]: one.certPath, [`${BASE}_CLIENT_KEY`]: one.key }),
      () => [
        `${BASE}_CLIENT_KEY="***" is not a file of a private key in PEM (this is what stands in such a file, not its path); it is not heeded`,
      ],
    ],
    [
      'one that is wrong, where nothing is sent by TLS',
      () => ({ [`${BASE}_ENDPOINT`]: 'http://127.0.0.1:9', [`${BASE}_CERTIFICATE`]: '/nope.pem' }),
      () => [],
    ],
    [
      'one that is wrong, and another in its place for traces',
      () => ({ [`${BASE}_CERTIFICATE`]: '/nope.pem', [`${BASE}_TRACES_CERTIFICATE`]: one.certPath }),
      () => [],
    ],
  ])('%s: a line for each that is wrong', async (_, env, lines) => {
    expect(await linesOfPreload(env())).toEqual(lines().map((line) => `grants-otel: ${line}`));
  });

  it('are looked at by `grants-otel config`, too', async () => {
    const { exitCode, stderr } = await runCli(['config'], {
      env: {
        OTEL_TRACES_EXPORTER: 'otlp',
        ...TLS,
        [`${BASE}_CERTIFICATE`]: '/nope.pem',
        [`${BASE}_CLIENT_CERTIFICATE`]: one.certPath,
      },
    });

    expect(linesOf(stderr)).toEqual([
      `grants-otel: ${BASE}_CERTIFICATE expects a file of certificates in PEM (ENOENT: no such file or directory), found "/nope.pem"`,
      `grants-otel: ${BASE}_CLIENT_CERTIFICATE="${one.certPath}" is of no use without ${BASE}_CLIENT_KEY`,
    ]);
    expect(exitCode).toBe(2);
  });
});
