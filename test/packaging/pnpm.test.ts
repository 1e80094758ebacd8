import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';
import { freshDatabase } from '../support/servers.js';
import { describeInstalled } from './describe-installed.js';
import { expectAppTrace } from './expect-trace.js';
import { type Installed, packed, run } from './install.js';

const PNPM = ['exec', '--yes', '--package=pnpm@10.34.8', '--', 'pnpm'];
const INSTALL = [
  'install',
  '--ignore-scripts',
  '--prefer-offline',
  '--no-frozen-lockfile',
  '--reporter=silent',
];

/** An app and the package with its database, linked to each other; nothing is there that a package did not ask for. */
function workspace(tarball: string, app: string): Record<string, string> {
  const grantsOtel = { 'grants-otel': `file:${tarball}` };
  return {
    'package.json': JSON.stringify({ name: 'root', private: true, dependencies: grantsOtel }),
    'pnpm-workspace.yaml': 'packages: [apps/*, packages/*]\nhoist: false\nstrictPeerDependencies: true\n',
    'packages/database/package.json': JSON.stringify({
      name: '@app/database',
      version: '1.0.0',
      type: 'module',
      exports: './index.js',
      dependencies: { pg: '8.23.1' },
    }),
    'packages/database/index.js': "export { default } from 'pg';\n",
    'apps/indexer/package.json': JSON.stringify({
      name: 'indexer',
      private: true,
      type: 'module',
      dependencies: { ...grantsOtel, '@app/database': 'workspace:*' },
    }),
    'apps/indexer/app.js': app.replace("from 'pg'", "from '@app/database'"),
  };
}

describeInstalled(['postgres'], 'installed into a strict pnpm workspace, the package', () => {
  let installed: Installed;

  beforeAll(async () => {
    installed = await packed();
    const app = await readFile(new URL('hosts/app/app.mjs', import.meta.url), 'utf8');
    await installed.write(workspace(installed.tarball, app));
    await run('npm', [...PNPM, ...INSTALL], installed.folder);
  }, 240_000);

  afterAll(() => installed?.remove());

  test.each([
    ['the root', '.', 'apps/indexer/app.js'],
    ["the app's folder", 'apps/indexer', 'app.js'],
  ])('traces an ESM app started in %s', async (_name, cwd, file) => {
    const receiver = await startReceiver();
    const database = await freshDatabase();
    try {
      const ended = await runNode(['--require', 'grants-otel/instrumentation', file], {
        cwd: join(installed.folder, cwd),
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, DATABASE_URL: database.url },
      });
      expect(ended).toEqual({ code: 0, signal: null, stdout: 'done\n', stderr: '' });
      expectAppTrace(receiver.spans());
    } finally {
      await receiver.close();
      await database.drop();
    }
  });
});
