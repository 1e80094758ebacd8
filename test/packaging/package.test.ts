import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
    const file = new URL('hosts/app/app.mts', import.meta.url);
    await app.write({ 'app.mts': await readFile(file, 'utf8') });
  }, 240_000);

  afterAll(() => app?.remove());

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
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for module %s with resolution %s', async (module, moduleResolution) => {
    const options = { module, moduleResolution, target: 'es2022', strict: true, noEmit: true };
    const name = `tsconfig.${module}.json`;
    await app.write({ [name]: JSON.stringify({ compilerOptions: options, files: ['app.mts'] }) });
    const checked = await output(bin('tsc'), ['-p', join(app.folder, name)]);
    expect(checked).toEqual({ code: 0, text: '' });
  });
});
