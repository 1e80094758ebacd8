import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readmeCode } from '../support/readme.js';
import { runNode } from '../support/run-node.js';
import { describeInstalled } from './describe-installed.js';
import { type Installed, install, PROJECT, run } from './install.js';

const MOST_PACKED_BYTES = 300_000;
const MOST_INSTALLED_MB = 90;

/** The program of a development dependency. */
const bin = (name: string): string => join(PROJECT, 'node_modules', '.bin', name);

/** A program's output, whatever its exit code. */
async function output(file: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, { cwd: PROJECT });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

describeInstalled([], 'the package', () => {
  let app: Installed;

  beforeAll(async () => {
    app = await install({ '@types/node': '20.19.43', '@types/pg': '8.23.1' });
    for (const name of ['app.mts', 'app.cts']) {
      await app.write({ [name]: await readFile(new URL(`hosts/app/${name}`, import.meta.url), 'utf8') });
    }
  }, 240_000);

  afterAll(() => app?.remove());

  /** What TypeScript says of a file of the application, which it compiles into the folder `compiled`. */
  async function compile(file: string, more: Readonly<Record<string, unknown>>) {
    const options = { target: 'es2022', strict: true, outDir: 'compiled', ...more };
    await app.write({ 'tsconfig.json': JSON.stringify({ compilerOptions: options, files: [file] }) });
    return output(bin('tsc'), ['-p', app.folder]);
  }

  test(`is packed into less than ${MOST_PACKED_BYTES / 1000} kB, npm's "package size"`, async () => {
    const listed: unknown = JSON.parse(
      await run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], PROJECT),
    );
    const [{ size, unpackedSize }] = Object.values(listed as object) as [
      { size: number; unpackedSize: number },
    ];
    console.log(`package: ${size} bytes packed, ${unpackedSize} unpacked`);
    expect(size).toBeLessThan(MOST_PACKED_BYTES);
  });

  test(`installs less than ${MOST_INSTALLED_MB} MB, dependencies included`, async () => {
    const kb = await run('du', ['-sk', 'node_modules'], app.folder);
    console.log(`installed: ${kb}`);
    expect(Number.parseInt(kb, 10) / 1000).toBeLessThan(MOST_INSTALLED_MB);
  });

  test.each([
    ['app.mts', 'node16', 'node16'],
    ['app.mts', 'nodenext', 'nodenext'],
    ['app.mts', 'esnext', 'bundler'],
    ['app.cts', 'node16', 'node16'],
    ['app.cts', 'nodenext', 'nodenext'],
    ['app.cts', 'commonjs', 'bundler'],
  ])('has types for %s by module %s with resolution %s', async (file, module, moduleResolution) => {
    expect(await compile(file, { module, moduleResolution })).toEqual({ code: 0, text: '' });
  });

  test('has types for the method table of the README, where its comment has it checked', async () => {
    await app.write({ 'methods.mjs': readmeCode('Classes that you cannot change', 'js') });
    const checked = await compile('methods.mjs', { module: 'nodenext', allowJs: true, checkJs: true });
    expect(checked).toEqual({ code: 0, text: '' });
  });

  test('runs what TypeScript makes CommonJS of', async () => {
    await compile('app.cts', { module: 'node16' });
    const { code, stdout, stderr } = await runNode(['compiled/app.cjs'], {
      cwd: app.folder,
      env: { OTEL_TRACES_EXPORTER: 'none' },
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "[ 'function', 'function', 'function' ]\n",
      stderr: '',
    });
  });
});
