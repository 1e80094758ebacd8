import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TELL, tellExports } from '../../instrumentation/methods/source-exports.js';

const holder = globalThis as Record<symbol, unknown>;
const KEY = Symbol.for(TELL);

describe('an ES module whose source tells its exports', () => {
  let folder: string;
  let told: { url: string; exports: Record<string, unknown> }[];
  let before: unknown;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'source-exports-'));
    told = [];
    before = holder[KEY];
    holder[KEY] = (url: string, exports: Record<string, unknown>) => void told.push({ url, exports });
  });

  afterEach(async () => {
    holder[KEY] = before;
    await rm(folder, { recursive: true });
  });

  async function load(source: string, names: readonly string[]) {
    const text = await tellExports(source, new Set(names));
    const url = pathToFileURL(join(folder, 'module.mjs')).href;
    await writeFile(join(folder, 'module.mjs'), text ?? source);
    const module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
    return { text, url, module };
  }

  test.each([
    ['a constant', 'export const f = () => "own";', 'f'],
    ['a function', 'export function f() { return "own"; }', 'f'],
    ['a variable', 'export let f = () => "own";', 'f'],
    ['a constant under another name', 'const g$ = () => "own";\nexport { g$ as f };', 'f'],
    ['a constant after another statement', 'const a = 1;const f = () => "own";export { f, a };', 'f'],
    ['a default function', 'export default function f() { return "own"; }', 'default'],
    ['a name that is none of a variable', 'const f = () => "own";\nexport { f as "a b" };', 'a b'],
    ['one before a comment at the end', 'export const f = () => "own";\n// the end', 'f'],
  ])('lets %s be replaced', async (_, source, name) => {
    const { module, url } = await load(source, [name]);
    const [{ exports, url: toldUrl } = { exports: {}, url: '' }] = told;
    expect(toldUrl).toBe(url);
    expect((exports[name] as () => string)()).toBe('own');
    exports[name] = () => 'other';
    expect((module[name] as () => string)()).toBe('other');
  });

  test('hands over a class as it is', async () => {
    const { module } = await load('export class A {}\nexport class B extends A {}', ['A', 'B', 'C']);
    expect(Object.keys(told[0]?.exports ?? {})).toEqual(['A', 'B']);
    expect(told[0]?.exports['A']).toBe(module['A']);
  });

  test('says that a constant beside others cannot be replaced', async () => {
    await load('export const a = 1, f = () => 2;', ['f']);
    expect(() => {
      (told[0]?.exports ?? {})['f'] = 3;
    }).toThrow(TypeError);
  });

  test('stays as it is where it exports nothing of that itself', async () => {
    await writeFile(join(folder, 'other.mjs'), 'export const f = 1; export default 2;');
    for (const source of [
      'export const g = 1;',
      "export * from './other.mjs';",
      "export { f } from './other.mjs';",
      'export default () => 1;',
    ])
      expect(await tellExports(source, new Set(['f', 'default']))).toBeUndefined();
    await expect(tellExports('export const = 1 (', new Set(['f']))).rejects.toThrow();
  });

  test('keeps every line and column where it was', async () => {
    const source = 'export const f = () => {\n  throw new Error("here");\n};\nconst other = 1;\n';
    const { text } = await load(source, ['f']);
    expect(
      text
        ?.split('\n')
        .slice(0, 4)
        .map((line) => line.length),
    ).toEqual(
      source
        .split('\n')
        .slice(0, 4)
        .map((line) => line.length),
    );
    expect(text?.split('\n')[3]).toBe('const other = 1;');
    const exports: Record<string, unknown> = told[0]?.exports ?? {};
    let stack = '';
    try {
      (exports['f'] as () => void)();
    } catch (error) {
      stack = String((error as Error).stack);
    }
    expect(stack).toMatch(/module\.mjs:2:9/);
  });
});
