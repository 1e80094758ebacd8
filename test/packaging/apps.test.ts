import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { type RunOptions, runNode } from '../support/run-node.js';
import { freshDatabase } from '../support/servers.js';
import { describeInstalled, hasNoNamespaces } from './describe-installed.js';
import { expectAppTrace } from './expect-trace.js';
import { type Installed, install, run } from './install.js';
import { nodeOf } from './node-versions.js';

const FILES = ['app.mjs', 'app.cjs', 'app.mts', 'threads.mjs', 'cluster.mjs', 'loaded.cjs'];
const PRELOAD = ['--require', 'grants-otel/instrumentation'];
const NODE_OPTIONS = PRELOAD.join(' ');
const done = { code: 0, signal: null, stdout: 'done\n', stderr: '' };

describeInstalled(['postgres'], 'installed by npm from its tarball, the package', () => {
  let app: Installed;
  let receiver: Receiver;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeAll(async () => {
    app = await install({ esbuild: '0.28.2', pg: '8.23.1', tsx: '4.23.15' });
    for (const name of FILES) {
      await app.write({ [name]: await readFile(new URL(`hosts/app/${name}`, import.meta.url), 'utf8') });
    }
    database = await freshDatabase();
  }, 240_000);

  afterAll(async () => {
    await database?.drop();
    await app?.remove();
  });

  beforeEach(async () => {
    receiver = await startReceiver();
  });

  afterEach(() => receiver.close());

  const start = (args: readonly string[], options: RunOptions = {}) =>
    runNode(args, {
      cwd: app.folder,
      ...options,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, DATABASE_URL: database.url, ...options.env },
    });

  describe.each([20, 22, 24, 26])('on Node %i', (major) => {
    let node: string;
    beforeAll(async () => {
      node = await nodeOf(major);
    }, 240_000);

    test.each(['app.cjs', 'app.mjs'])('traces %s', async (file) => {
      expect(await start([...PRELOAD, file], { node })).toEqual(done);
      expectAppTrace(receiver.spans());
    });

    test.each([
      ['-p', "'done'"],
      ['-e', "require('module'); require('node:fs'); import('node:os').then(() => console.log('done'))"],
    ])(
      'runs code of the command line with a method table, as a child of the application may be: %s',
      async (...code) => {
        const row = { file: '/lib/rounds.cjs', export: 'Rounds', method: 'find', name: 'find' };
        await app.write({ 'methods.cjs': `module.exports = [${JSON.stringify(row)}];\n` });
        const env = { NODE_OPTIONS, GRANTS_OTEL_METHODS: './methods.cjs' };
        expect(await start(code, { node, env })).toEqual(done);
      },
    );
  });

  // Later ones call what it registers by deprecated.
  describe.each([20, '22.20.0', 22, '24.11.0', 24])('on Node %s', (version) => {
    test('lets an application register hooks for how its modules are loaded', async () => {
      const hooks = "import { register } from 'node:module';\nregister('data:text/javascript,export {}');\n";
      await app.write({ 'hooks.mjs': hooks });
      const node = await nodeOf(version);
      const ended = await start([...PRELOAD, '--import', './hooks.mjs', 'app.mjs'], { node });
      expect(ended).toEqual(done);
      expectAppTrace(receiver.spans());
    }, 240_000);
  });

  test.each([
    ['its command', ['node_modules/tsx/dist/cli.mjs', 'app.mts'], { NODE_OPTIONS }],
    ['its hooks', [...PRELOAD, '--import', 'tsx', 'app.mts'], {}],
  ])('traces TypeScript by tsx, %s', async (_name, args, env: Record<string, string>) => {
    expect(await start(args, { env })).toEqual(done);
    expectAppTrace(receiver.spans());
  });

  test.each(['cjs', 'esm'])('traces an app that esbuild bundled as %s, with pg external', async (format) => {
    const bundle = format === 'cjs' ? 'bundle.cjs' : 'bundle.mjs';
    const entry = format === 'cjs' ? 'app.cjs' : 'app.mjs';
    const flags = [
      '--bundle',
      '--platform=node',
      `--format=${format}`,
      '--external:pg',
      `--outfile=${bundle}`,
    ];
    await run(
      join(app.folder, 'node_modules/.bin/esbuild'),
      [entry, ...flags, '--log-level=error'],
      app.folder,
    );
    expect(await start([...PRELOAD, bundle])).toEqual(done);
    expectAppTrace(receiver.spans());
  });

  test('traces the scripts of npm by NODE_OPTIONS, and leaves npm itself alone', async () => {
    await app.write({
      'package.json': JSON.stringify({
        ...JSON.parse(await readFile(join(app.folder, 'package.json'), 'utf8')),
        scripts: { start: 'node app.mjs' },
      }),
    });
    const npm = (await run('npm', ['prefix', '--global'], app.folder)).trim();
    const cli = join(npm, 'lib/node_modules/npm/bin/npm-cli.js');
    const noLoaded = { env: { NODE_OPTIONS: `--require ./loaded.cjs ${NODE_OPTIONS}` } };
    const ended = await start([cli, 'run', '--silent', 'start'], noLoaded);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    // The app says what it loaded, npm around it has loaded nothing.
    expect(ended.stdout).toMatch(/^done\nloaded \d+ files of OpenTelemetry\n$/);
    expectAppTrace(receiver.spans());
  });

  test('traces the main thread, and lets a worker thread run as before', async () => {
    const ended = await start([...PRELOAD, 'threads.mjs']);
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'worker ended with 0\n', stderr: '' });
    expect(receiver.spans().map((span) => span.name)).toEqual(['Strategy.InMain']);
  });

  test('traces all processes of a cluster', async () => {
    const ended = await start([...PRELOAD, 'cluster.mjs']);
    expect(ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const spans = receiver.spans();
    expect(spans.map((span) => span.name).sort()).toEqual([
      'Strategy.InPrimary',
      'Strategy.InWorker',
      'Strategy.InWorker',
    ]);
    expect(new Set(spans.map((span) => span.resource['process.pid'])).size).toBe(3);
  });

  const ofProcess1 = 'traces process 1 of a PID namespace';
  test.skipIf(hasNoNamespaces(ofProcess1))(ofProcess1, async () => {
    const args = ['--user', '--map-root-user', '--pid', '--fork', process.execPath, ...PRELOAD, 'app.mjs'];
    expect(await start(args, { node: 'unshare' })).toEqual(done);
    expectAppTrace(receiver.spans());
    expect(receiver.spans()[0]?.resource['process.pid']).toBe(1);
  });
});
