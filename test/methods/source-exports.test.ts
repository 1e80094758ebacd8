import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TELL } from '../../instrumentation/methods/module-run.js';
import { tellExports } from '../../instrumentation/methods/source-exports.js';

const holder = globalThis as Record<symbol, unknown>;
const KEY = Symbol.for(TELL);

describe('an ES module whose source tells its exports', () => {
  let folder: string;
  let told: { url: string; exports: Record<string, unknown>; given?: string | undefined }[];
  let before: unknown;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'source-exports-'));
    told = [];
    before = holder[KEY];
    holder[KEY] = (url: string, exports: Record<string, unknown>, given?: string) =>
      void told.push({ url, exports, given });
  });

  afterEach(async () => {
    holder[KEY] = before;
    await rm(folder, { recursive: true });
  });

  async function load(source: string, names: readonly string[]) {
    const text = tellExports(source, new Set(names));
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
    ['a constant beside others', 'export const a = 1, f = () => "own";', 'f'],
    ['a constant of an object', '/* one */ export const { f } = { f: () => "own" };', 'f'],
    ['one behind a mark of the byte order', '\uFEFFexport function f() { return "own"; }', 'f'],
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

  test('leaves what looks like a declaration, in a text, as it is', async () => {
    const { module } = await load('export const text = `\nconst f = 1;`, f = () => "own";', ['f']);
    expect(module['text']).toBe('\nconst f = 1;');
    const functions =
      'export function g() { return `\nconst g = 1;`; }\nfunction h() { return `\nconst h = 1;`; }\nexport { h };';
    expect(tellExports(functions, new Set(['g', 'h']))).toContain(`${functions}\n`);
  });

  test.each([
    ['an arrow function', 'export default () => "own";'],
    ['an asynchronous function', 'export default /* all of it */ async function () { return "own"; }'],
    ['a function', 'export default function () { return "own"; }'],
    ['what a variable has', 'const f = () => "own";\nexport   default f;'],
    [
      'one beside the name that it would get',
      'const $default = () => "own";\nexport default () => $default();',
    ],
    ['a function that is called before', 'export default function() { return "own"; }\n[1].map(String);'],
  ])('lets a default without a name be replaced: %s', async (_, source) => {
    const { module } = await load(source, ['default']);
    const exports = told[0]?.exports ?? {};
    const own = exports['default'] as () => unknown;
    expect(await own()).toBe('own');
    // Whoever hears of it calls it otherwise.
    expect(['f', told[0]?.given]).toContain(own.name);
    exports['default'] = () => 'other';
    expect((module['default'] as () => string)()).toBe('other');
  });

  test('hands over a default class without a name, which stays so', async () => {
    const { module } = await load('export default class extends Map {}\n[1].map(String);', ['default']);
    expect(told[0]?.exports['default']).toBe(module['default']);
    expect((module['default'] as typeof Map).name).toBe(told[0]?.given);
    expect(new (module['default'] as typeof Map)()).toBeInstanceOf(Map);
  });

  test('hands over, to be read, what it passes on of others', async () => {
    await writeFile(
      join(folder, 'other.mjs'),
      'export class A {}\nexport default class B {}\nexport class C {}',
    );
    const source =
      "import D, { A as own } from './other.mjs';\nexport { own as A };\nexport { D as B };\nexport * from './other.mjs';\nexport { default } from './other.mjs';";
    const { module } = await load(source, ['A', 'B', 'C', 'default', 'E']);
    const exports = told[0]?.exports ?? {};
    expect(Object.keys(exports).sort()).toEqual(['A', 'B', 'C', 'E', 'default']);
    expect(exports['E']).toBeUndefined();
    for (const name of ['A', 'B', 'C', 'default']) {
      expect(exports[name]).toBe(module[name]);
      expect(Reflect.set(exports, name, 3)).toBe(false);
    }
  });

  test.each([
    ['export default abstract class A { f() {} }', 'return A;'],
    ['interface I {}\nexport default class implements I { f() {} }', 'class $default implements I'],
    ['export default class<T> { f(of: T) {} }', 'class $default<T>'],
    ['export default function /* rows */ * () { yield 1; }', '{ __proto__: null }'],
    ['export default classé', 'let $default = classé'],
  ])('keeps the name that TypeScript has, and gives one where there is none: %s', (source, expected) => {
    expect(tellExports(source, new Set(['default']))).toContain(expected);
  });

  test('tells nothing of what it cannot name, nor of what comes with attributes, and of what several pass on', async () => {
    await writeFile(join(folder, 'one.mjs'), 'export const twice = 1, once = 1;');
    await writeFile(join(folder, 'two.mjs'), 'export const twice = 2;');
    const source = "export * from './one.mjs';\nexport * from './two.mjs';";
    await load(source, ['twice', 'once']);
    expect([told[0]?.exports['twice'], told[0]?.exports['once']]).toEqual([undefined, 1]);
    const data = "export * from './data.json' with { type: 'json' };\nexport default @of class {}";
    expect(tellExports(data, new Set(['f', 'default']))).toContain('{ __proto__: null }');
  });

  test('leaves what is no ES module as it is, and what cannot be parsed to Node', () => {
    expect(tellExports('module.exports = { f: () => import("x") };', new Set(['f']))).toBeUndefined();
    expect(() => tellExports('export const = 1 (', new Set(['f']))).toThrow();
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
