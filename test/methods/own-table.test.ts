import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeInstalled } from '../packaging/describe-installed.js';
import { nodeOf } from '../packaging/node-versions.js';
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { type Ended, runNode } from '../support/run-node.js';
import { drawTree } from '../support/trace-tree.js';

const HOSTS = 'test/methods/hosts';
const OUTPUT = `5 for 7, kept true store 2
RangeError: no amount
6 for 9, kept true store 2
readAmount 2 Handler 2 opened
`;

let receiver: Receiver;
let folder: string;

beforeEach(async () => {
  receiver = await startReceiver();
  folder = await mkdtemp(join(tmpdir(), 'grants-otel-table-'));
});

afterEach(async () => {
  await receiver.close();
  await rm(folder, { recursive: true });
});

function run(env: Record<string, string>): Promise<Ended> {
  return runNode(['--require', './instrumentation', `${HOSTS}/indexer.mjs`], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
  });
}

function tracesOf(spans: readonly ReceivedSpan[]): string[] {
  const ids = new Set(spans.map((span) => span.traceId));
  return [...ids].map((id) => drawTree(spans.filter((span) => span.traceId === id))).sort();
}

const EVENT = 'Own.Donated\n├─ amountParsing\n└─ storeDonation';

describe('a table of one’s own', () => {
  test('traces ES modules and CommonJS, functions, methods, and fields of instances', async () => {
    const ended = await run({ GRANTS_OTEL_METHODS: `./${HOSTS}/table.mjs` });
    expect(ended).toEqual({ code: 0, signal: null, stdout: OUTPUT, stderr: '' });
    const spans = receiver.spans();
    expect(tracesOf(spans)).toEqual([
      'Own.Donated\n└─ amountParsing',
      EVENT,
      EVENT,
      'fetchEvents',
      'fetchEvents',
    ]);
    const ids = spans.filter((span) => span.name === 'storeDonation').map((span) => span.attributes);
    expect(ids).toEqual([
      { chainId: 10, roundId: '7', applicationId: 'application of 7', amount: '5' },
      { chainId: 10, roundId: '9', applicationId: 'application of 9', amount: '6' },
    ]);
    // One that failed may leave after those that have come since.
    const inOrder = spans.toSorted((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
    const batches = inOrder.filter((span) => span.name === 'fetchEvents').map((span) => span.spanId);
    const linked = inOrder.filter((span) => span.name === 'Own.Donated').map((span) => span.links[0]?.spanId);
    expect(linked).toEqual([batches[0], batches[0], batches[1]]);
  });

  test('traces the same where the application hooks how modules are loaded', async () => {
    const args = ['--require', './instrumentation', '--require', `./${HOSTS}/registers.cjs`];
    const ended = await runNode([...args, `${HOSTS}/indexer.mjs`], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_METHODS: `./${HOSTS}/table.mjs` },
    });
    expect(ended).toEqual({ code: 0, signal: null, stdout: OUTPUT, stderr: '' });
    expect(tracesOf(receiver.spans())).toContain(EVENT);
  });

  test.each([
    ['required', ['--require', './instrumentation']],
    ['imported', ['--import', './dist/instrumentation/index.js']],
    ['required beside a loader', ['--require', './instrumentation', '--require', `./${HOSTS}/registers.cjs`]],
  ])('leaves ES modules what they are: what changes, circles, and what has no name; %s', async (_, args) => {
    const app = `${HOSTS}/shapes/app.mjs`;
    const untraced = await runNode([app]);
    const ended = await runNode([...args, app], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_METHODS: `./${HOSTS}/shapes/table.mjs` },
    });
    expect(untraced).toMatchObject({
      code: 0,
      stdout: '{ size: 1 } { size: 1 } 2 1 allocated\nkept default default called hashed\ntrue\n',
    });
    expect(ended).toEqual(untraced);
    const names = receiver.spans().map(({ name }) => name);
    expect(names.sort()).toEqual(['call', 'count', 'dispatch', 'find', 'frozen', 'hash', 'keep']);
  });

  test('traces an exported function that CommonJS has as a getter', async () => {
    const app = `${HOSTS}/shapes/getters-app.cjs`;
    const untraced = await runNode([app]);
    const ended = await runNode(['--require', './instrumentation', app], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        GRANTS_OTEL_METHODS: `./${HOSTS}/shapes/inherits-table.mjs`,
      },
    });
    expect(untraced.stdout).toBe("2 1 open [ 'plain', 'opened', 'open', 'pool' ] true\n");
    expect(ended).toEqual(untraced);
    expect(receiver.spans().map(({ name }) => name)).toEqual(['plain']);
  });

  test('leaves getters alone, follows what is replaced in a parent, and survives what a row tells', async () => {
    const app = `${HOSTS}/shapes/inherits-app.cjs`;
    const untraced = await runNode([app]);
    const { stderr, ...ended } = await runNode(['--require', './instrumentation', app], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_LOG_LEVEL: 'debug',
        GRANTS_OTEL_METHODS: `./${HOSTS}/shapes/inherits-table.mjs`,
      },
    });
    expect(untraced.stdout).toBe('plugin: saved repository now\nread\nlate plugin: saved\n');
    expect({ ...ended, stderr: '' }).toEqual(untraced);
    const names = receiver.spans().map(({ name }) => name);
    expect(names.sort()).toEqual(['handle', 'save', 'save']);
    for (const line of [
      'Repository.lookup matches nothing in .*: lookup is a getter or a setter there',
      'Repository.save: after failed: not to be read',
      'Repository.handlers: before told a number as step, which is not heeded',
      'Repository.handlers: event of before told a promise, which is not waited for',
    ])
      expect(stderr).toMatch(new RegExp(`methods: the row /shapes/inherits.cjs ${line}`));
  });

  test('traces CommonJS that is imported, once where it is required as well', async () => {
    const ended = await runNode(['--require', './instrumentation', `${HOSTS}/imports-commonjs.mjs`], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_METHODS: `./${HOSTS}/table.mjs` },
    });
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'true 2\n', stderr: '' });
    expect(tracesOf(receiver.spans())).toEqual(['fetchEvents']);
  });

  describe.each([
    ['--require', 'requires.cjs', true],
    // Node 20 lets nobody replace what a CommonJS file exports to an `import`.
    ['--require', 'imports.mjs', !process.version.startsWith('v20.')],
    ['--import', 'imports.mjs', true],
  ])('with %s, of %s', (option, program, isReplaced) => {
    test('traces what CommonJS exports as a whole, and classes and functions stay what they are', async () => {
      const preload = option === '--require' ? './instrumentation' : './dist/instrumentation/index.js';
      const untraced = await runNode([`${HOSTS}/whole/${program}`], { env: {} });
      expect(untraced.stdout.split('\n')).toHaveLength(8);
      const ended = await runNode([option, preload, `${HOSTS}/whole/${program}`], {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          GRANTS_OTEL_METHODS: `${HOSTS}/whole/table.cjs`,
          OTEL_LOG_LEVEL: 'debug',
        },
      });
      expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 0, stdout: untraced.stdout });
      if (!isReplaced) expect(ended.stderr).toContain('handle.cjs: default cannot be replaced');
      expect(ended.stderr).toContain('Prices is a class: name a method of it, or a field of its instances');
      const functions = isReplaced ? ['├─ handleDonation', '├─ plugIn'] : [];
      const steps = [
        ...functions,
        '├─ priceLookup',
        '├─ ownLookup',
        '├─ firstClass',
        '├─ compiledWork',
        '└─ goOn',
      ];
      expect(tracesOf(receiver.spans())).toEqual([['Own.Donated', ...steps].join('\n')]);
    });
  });

  test('costs a debug line for a row that matches nothing, or whose functions fail, and the host nothing', async () => {
    const env = { GRANTS_OTEL_METHODS: `${HOSTS}/odd-table.mjs` };
    expect(await run(env)).toEqual({ code: 0, signal: null, stdout: OUTPUT, stderr: '' });
    expect(receiver.spans()).toEqual([]);
    const { stdout, stderr } = await run({ ...env, OTEL_LOG_LEVEL: 'debug' });
    expect(stdout).toBe(OUTPUT);
    const lines = stderr.split('\n').filter((line) => line.includes('methods:'));
    expect(lines.map((line) => line.replace(/ in \S*\/hosts/, ' in …/hosts'))).toEqual([
      'grants-otel: methods: the row /hosts/handler.mjs Gone.handle matches nothing in …/hosts/handler.mjs: there is no class or function Gone',
      'grants-otel: methods: the row /hosts/handler.mjs Handler.gone matches nothing in …/hosts/handler.mjs: gone is no function there',
      'grants-otel: methods: the row /hosts/handler.mjs Sealed.open matches nothing in …/hosts/handler.mjs: open cannot be changed',
      'grants-otel: methods: the row /hosts/handler.mjs Handler.parts matches nothing in …/hosts/handler.mjs: parts is a generator, which has done nothing yet when it returns',
      'grants-otel: methods: the row /hosts/handler.mjs Handler.round matches nothing in …/hosts/handler.mjs: the field round of an instance is no function, and has none of its own',
      "grants-otel: methods: the row /hosts/handler.mjs Handler.handle: event failed: Cannot read properties of undefined (reading 'id')",
      'grants-otel: methods: the row /hosts/handler.mjs Handler.nothing matches nothing in …/hosts/handler.mjs: the field nothing of an instance is no function, and has none of its own',
      ...Array(2).fill(
        "grants-otel: methods: the row /hosts/handler.mjs Handler.handle: event failed: Cannot read properties of undefined (reading 'id')",
      ),
      'grants-otel: methods: the row /hosts/nowhere.mjs Nothing.at matches nothing: no such file was loaded',
    ]);
  });

  test('costs a debug line for what a row’s functions tell that is not heeded', async () => {
    const env = { GRANTS_OTEL_METHODS: `${HOSTS}/wrong-answers-table.mjs` };
    const remark = `grants-otel: GRANTS_OTEL_METHODS="${HOSTS}/wrong-answers-table.mjs": row 2: expected once to be true or false\n`;
    expect(await run(env)).toEqual({ code: 0, signal: null, stdout: OUTPUT, stderr: remark });
    expect(new Set(tracesOf(receiver.spans()))).toEqual(
      new Set(['Own.Donated\n└─ storeDonation', 'Own.Donated', 'fetchEvents']),
    );
    const { stdout, stderr } = await run({ ...env, OTEL_LOG_LEVEL: 'debug' });
    expect(stdout).toBe(OUTPUT);
    const lines = stderr.split('\n').filter((line) => line.includes('methods: the row'));
    const notHeeded = 'which is not heeded: expected';
    expect(
      [...new Set(lines)].map((line) => line.replace('grants-otel: methods: the row /hosts/', '')),
    ).toEqual([
      `fetch.cjs Source.take: events told number, ${notHeeded} a list of events`,
      'handler.mjs Handler.handle: attempt 7 is no function among the arguments: no retries are told',
      `handler.mjs readAmount: name told object, ${notHeeded} a text, or undefined`,
      `handler.mjs Handler.store: before told amount, ${notHeeded} { step: { … }, event: { … } }`,
      'handler.mjs Handler.store: after failed: oops',
      `fetch.cjs Source.take: events told undefined, ${notHeeded} a list of events`,
    ]);
  });

  test('traces what a timer calls, in an application that is known, too', async () => {
    const ended = await runNode(['--require', './instrumentation', `${HOSTS}/known/index.cjs`], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        GRANTS_OTEL_METHODS: `./${HOSTS}/known/table.cjs`,
      },
    });
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'saved 5\n', stderr: '' });
    expect(tracesOf(receiver.spans())).toEqual(['Own.Donated\n└─ storeDonation']);
  });

  test('knows a handed out event by what is handled, and none where it may be any of several', async () => {
    const ended = await runNode(['--require', './instrumentation', `${HOSTS}/handed-out/index.cjs`], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_LOG_LEVEL: 'debug',
        GRANTS_OTEL_METHODS: `./${HOSTS}/handed-out/table.cjs`,
      },
    });
    expect(ended.stdout).toBe("[ 1, 2 ]\n3\n4\n5\n[ 6, 7 ]\n-5\nno event\n[ '10', '11' ]\n");
    const told = receiver
      .spans()
      .map(({ attributes: of }) => `${of['chainId']} ${of['blockNumber']} ${of['error.type'] ?? ''}`);
    expect(told.sort()).toEqual([
      '1 10 ',
      '1 11 ',
      '10 1 ',
      '20 2 ',
      '30 3 ',
      '30 3 Error',
      '40 4 ',
      '50 5 ',
      '80 8 ',
    ]);
    expect(ended.stderr).toContain('Runner.run: several were handed out in one turn');
  });

  test('has what a step calls back, or left in a queue, below its event, as long as that lasts', async () => {
    const ended = await runNode(['--require', './instrumentation', `${HOSTS}/jobs/index.mjs`], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        GRANTS_OTEL_METHODS: `./${HOSTS}/jobs/table.mjs`,
      },
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const spans = receiver.spans();
    expect(tracesOf(spans)).toEqual([
      [
        'Own.Donated',
        '├─ roundLookup',
        '├─ storeDonation',
        '├─ enqueue',
        '├─ check',
        '├─ storeDonation',
        '└─ enqueue',
      ].join('\n'),
    ]);
    for (const { attributes } of spans) expect(attributes['roundId']).toBe('of 0xabc');
  });

  test.each([
    ['a file that is not there', undefined, /Cannot find module '.*own\.mjs'/],
    ['a module that throws', '\nthrow new Error("no rows");', /: no rows \(own\.mjs:2:7\);/],
    ['a syntax error', 'export default [', /Unexpected end of input \(node --check shows where\);/],
    [
      'an argument that is no number',
      'export default [{ as: "event", file: "/a.js", export: "A", attempt: "x" }];',
      /row 1: expected attempt to be the place of an argument, from 0 on/,
    ],
    [
      'columns that name no attributes',
      'export default [{ file: "/a.js", export: "A", name: "a", columns: { id: 1 } }];',
      /row 1: expected columns to be an object of names of attributes/,
    ],
    [
      'no default export',
      'export const table = [];',
      /expected its default export to be an array of rows, found object/,
    ],
    [
      'a row that names no file',
      'export default [{ export: "A", name: "a" }];',
      /row 1: expected file to be/,
    ],
    [
      'a row of an unknown kind',
      'export default [{ file: "/a.js", export: "A", as: "span" }];',
      /row 1: expected as to be step, event, next or batch/,
    ],
    [
      'a step without a name',
      'export default [{ file: "/a.js", export: "A" }];',
      /row 1: expected name to be a text, or a function of the call;/,
    ],
    [
      'an export that is no name',
      'export default [{ file: "/a.js", export: 5, name: "a" }];',
      /row 1: expected export to be the name of an exported class or function, found number;/,
    ],
    [
      'a batch that is named by a function',
      'export default [{ as: "batch", file: "/a.js", export: "A", name: () => "a" }];',
      /row 1: expected name to be a text;/,
    ],
    [
      'several rows that are wrong',
      'export default [{ export: "A" }, { file: "/a.js", export: "A", name: "a" }, { file: "/a.js", export: "A" }];',
      /: row 1: expected file to be [^;]*; row 3: expected name to be a text, or a function of the call;/,
    ],
    [
      'more wrong rows than a line has room for',
      'export default Array(7).fill({});',
      /: (row [1-5]: expected file to be [^;]*; ){5}and 2 more;/,
    ],
  ])('that has %s is one line, and the host runs as before', async (_name, code, problem) => {
    const table = join(folder, 'own.mjs');
    if (code !== undefined) await writeFile(table, code);
    const { stderr, ...rest } = await run({ GRANTS_OTEL_METHODS: table });
    expect(rest).toEqual({ code: 0, signal: null, stdout: OUTPUT });
    expect(stderr.match(/\n/g)).toHaveLength(1);
    expect(stderr).toMatch(
      /^grants-otel: GRANTS_OTEL_METHODS=".*own\.mjs" is no method table: .*; its rows are left out\n$/,
    );
    expect(stderr).toMatch(problem);
  });

  test('has a line for what rows of a kind have not, and works without it', async () => {
    const table = join(folder, 'own.mjs');
    const event = '() => ({ chainId: 10, contractName: "Own", eventName: "Donated" })';
    await writeFile(
      table,
      `export default [
        { as: "event", file: "/hosts/handler.mjs", export: "Handler", method: "handle", event: ${event}, before: () => {} },
        { file: "/hosts/handler.mjs", export: "readAmount", name: "a", befor: () => {}, attempt: 1 },
        { file: "/hosts/gone.mjs", export: "Gone", name: "b", columns: { roundId: "round_id" } },
      ];`,
    );
    const { stdout, stderr } = await run({ GRANTS_OTEL_METHODS: table });
    expect(stdout).toBe(OUTPUT);
    const named = `grants-otel: GRANTS_OTEL_METHODS=${JSON.stringify(table)}: `;
    expect(stderr.split('\n')).toEqual([
      `${named}row 1: before not heeded: a row of the kind event has file, export, method, field, event, attempt`,
      `${named}row 2: befor, attempt not heeded: a row of the kind step has file, export, method, field, name, before, after, once, isRoot, isLeaf, columns`,
      `${named}row 3: columns tells what is no attribute of ours: round_id; expected { column: 'attribute' }`,
      '',
    ]);
    expect(tracesOf(receiver.spans())).toContain('Own.Donated\n└─ a');
  });
});

describeInstalled([], 'a Node that has no hooks in the main thread for how modules are loaded', () => {
  const runOn = async (version: string, flags: readonly string[]): Promise<Ended> =>
    runNode(['--require', './instrumentation', ...flags, `${HOSTS}/indexer.mjs`], {
      node: await nodeOf(version),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_METHODS: `./${HOSTS}/table.mjs` },
    });

  test.each(['22.20.0', '24.11.0'])(
    'traces ES modules by a table all the same: %s',
    async (version) => {
      const { code, stdout, stderr } = await runOn(version, []);
      expect({ code, stdout }).toEqual({ code: 0, stdout: OUTPUT });
      expect(stderr).not.toContain('grants-otel:');
      expect(tracesOf(receiver.spans())).toContain(EVENT);
    },
    240_000,
  );

  // There it would be required in the thread for hooks, too, where ES modules cannot be.
  test.each(['22.20.0', '24.11.0'])(
    'leaves them alone where something else is required, and says so: %s',
    async (version) => {
      const { code, stdout, stderr } = await runOn(version, ['--require', 'grants-otel']);
      expect({ code, stdout }).toEqual({ code: 0, stdout: OUTPUT });
      expect(stderr).toMatch(/grants-otel: Node v\S+ does not let ES modules be seen as they are loaded/);
    },
    240_000,
  );
});
