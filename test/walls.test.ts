import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The rules that the walls are made of; `plugin` is all that lies in .biome/. */
const WALL_RULES = [
  'lint/style/noRestrictedImports',
  'lint/style/noProcessEnv',
  'lint/style/noUnusedTemplateLiteral',
  'plugin',
];

/** What each wall keeps out: a folder, and code that may not stand in a file of it. */
const OFFENCES: Record<string, { folder: string; code: string[] }> = {
  'src/ does not import the SDK': {
    folder: 'src',
    code: [
      "import '@opentelemetry/sdk-node';",
      "import type { NodeSDK } from '@opentelemetry/sdk-node';\nexport type X = NodeSDK;",
      "export type X = import('@opentelemetry/sdk-node').NodeSDK;",
      "export { hrTime } from '@opentelemetry/core';",
      "export * from '@opentelemetry/sdk-trace-base';",
      "export const x = await import('@opentelemetry/sdk-node');",
      'export const x = await import(`@opentelemetry/sdk-node`);',
      "export const x = require('@opentelemetry/sdk-node');",
      "import { createRequire } from 'node:module';\nexport const x = createRequire(import.meta.url)('@opentelemetry/core');",
      "import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\nexport const x = load('@opentelemetry/core');",
      "import { createRequire as from } from 'node:module';\nexport const x = from(import.meta.url)('@opentelemetry/core');",
      "import module from 'node:module';\nexport const x = module.createRequire(import.meta.url)('@opentelemetry/core');",
    ],
  },
  'src/ does not import instrumentation/': {
    folder: 'src/indexer',
    code: [
      "import '../../instrumentation/index.js';",
      "export { x } from '../../instrumentation/start.js';",
      "export const x = await import('../../instrumentation/start.js');",
      "import 'grants-otel/instrumentation';",
    ],
  },
  'src/tracing/ stands alone': {
    folder: 'src/tracing',
    code: ["import '../indexer/main.js';", "import '../traces/span.js';", "import '@opentelemetry/core';"],
  },
  'src/indexer/ does not know src/traces/ and src/cli/': {
    folder: 'src/indexer',
    code: [
      "import '../traces/span.js';",
      "export * from '../cli/main.js';",
      "export const x = await import('../traces/span.js');",
      "import '@opentelemetry/core';",
    ],
  },
  'src/traces/ does not know src/indexer/': {
    folder: 'src/traces',
    code: ["import '../indexer/main.js';", "import '@opentelemetry/core';"],
  },
  'src/cli/ does not know src/indexer/': {
    folder: 'src/cli',
    code: ["import '../indexer/main.js';", "export const x = await import('../indexer/main.js');"],
  },
  'instrumentation/ imports of src/ only src/tracing/': {
    folder: 'instrumentation/processors',
    code: [
      "import '../../src/indexer/main.js';",
      "import '../../src/index.js';",
      "export { x } from '../../src/traces/span.js';",
      "import 'grants-otel';",
    ],
  },
  'instrumentation/ does not import pg': {
    folder: 'instrumentation/methods',
    code: [
      "import 'pg';",
      "import 'pg-pool';",
      "import type pg from 'pg';\nexport type P = pg.Pool;",
      "export type P = import('pg').Pool;",
      "export const x = await import('pg');",
      'export const x = await import(`pg`);',
      "export const x = require('pg');",
      "import { createRequire } from 'node:module';\nexport const x = createRequire(import.meta.url)('pg');",
    ],
  },
  'process.env is read in the config files and bins only': {
    folder: 'src/indexer',
    code: [
      'export const x = process.env;',
      "export const x = process['env'];",
      'export const x = globalThis.process.env;',
      'const { env } = process;\nexport const x = env;',
      'const p = process;\nexport const x = p.env;',
      "import process from 'node:process';\nexport const x = process.env;",
      "import * as p from 'node:process';\nexport const x = p.env;",
      "import { env } from 'node:process';\nexport const x = env;",
    ],
  },
  'process.exit is called in bins only': {
    folder: 'instrumentation/export',
    code: [
      'process.exit();',
      'process.exit(1);',
      "process['exit'](1);",
      'globalThis.process.exit(1);',
      'process.abort();',
      'const leave = process.exit;\nleave(1);',
      'const { exit } = process;\nexit(1);',
      "import { exit } from 'node:process';\nexit(1);",
      "import p from 'node:process';\np.exit(1);",
    ],
  },
};

/** What the same walls let through. */
const CLEAN: Record<string, string> = {
  'src/tracing/clean.ts':
    "import { trace } from '@opentelemetry/api';\nexport const tracer = trace.getTracer('x');",
  'src/indexer/clean.ts':
    "export { tracer } from '../tracing/clean.js';\nexport const ended = process.exitCode;",
  'src/indexer/config.ts': 'export const url = process.env.DATABASE_URL;',
  'src/indexer/main.ts': 'if (process.env.STOP) process.exit(1);',
  'src/cli/clean.ts': "import '../traces/clean.js';",
  'src/traces/clean.ts':
    "import { createRequire } from 'node:module';\nexport const self: unknown = createRequire(import.meta.url)('grants-otel/package.json');",
  'instrumentation/index.ts':
    "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nexport const x = require('./clean.js') as typeof import('./clean.js');",
  'instrumentation/clean.ts':
    "import { core } from '@opentelemetry/sdk-node';\nexport { tracer } from '../src/tracing/clean.js';\nexport const x = core;",
};

const CYCLES: Record<string, string> = {
  'src/cli/one.ts': "import { two } from './two.js';\nexport const one = () => two;",
  'src/cli/two.ts': "import { one } from './one.js';\nexport const two = () => one;",
};

interface Reported {
  diagnostics: { category: string; severity: string; location: { path: string | { file: string } } }[];
}

/** Lints the files with the project's own configuration; tells what was reported, by file. */
async function lint(files: Record<string, string>): Promise<Map<string, string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-walls-'));
  try {
    for (const name of ['biome.json', '.biome', '.gitignore']) {
      await cp(join(ROOT, name), join(folder, name), { recursive: true });
    }
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `${text}\n`);
    }
    const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
    const output = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(
      (failed: { stdout: string }) => failed,
    );
    const found = new Map<string, string[]>();
    for (const { category, severity, location } of (JSON.parse(output.stdout) as Reported).diagnostics) {
      const path = typeof location.path === 'string' ? location.path : location.path.file;
      if (severity === 'error') found.set(path, [...(found.get(path) ?? []), category]);
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const offences = Object.entries(OFFENCES).flatMap(([wall, { folder, code }], at) =>
  code.map((text, index) => ({ wall, path: `${folder}/offence-${at}-${index}.ts`, text })),
);

describe('the walls of the house', () => {
  let found: Map<string, string[]>;

  beforeAll(async () => {
    const offending = Object.fromEntries(offences.map(({ path, text }) => [path, text]));
    found = await lint({ ...offending, ...CLEAN, ...CYCLES });
  });

  it.each(offences)('$wall: $text', ({ path }) => {
    const reported = found.get(path) ?? [];
    expect(reported).not.toEqual([]);
    expect(reported.filter((rule) => !WALL_RULES.includes(rule))).toEqual([]);
  });

  it.each(Object.keys(CYCLES))('no import cycle: %s', (path) => {
    expect(found.get(path)).toContain('lint/suspicious/noImportCycles');
  });

  it.each(Object.keys(CLEAN))('let %s through', (path) => {
    expect(found.get(path)).toBeUndefined();
  });
});
