import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../../support/otlp-receiver.js';
import { runNode } from '../../support/run-node.js';
import { linesOf, MAIN, runCli } from '../run-cli.js';

const HOSTS = 'test/cli/doctor/hosts';
const NODE = process.execPath;
const PRELOAD = ['--require', './instrumentation'];
const INDEXER = 'test/methods/hosts/indexer.mjs';
const JOBS = 'test/methods/hosts/jobs/index.mjs';

let receiver: Receiver;
let env: Record<string, string>;

beforeEach(async () => {
  receiver = await startReceiver();
  env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
});

afterEach(() => receiver.close());

interface Answer {
  readonly application: { readonly program: string | null } | null;
  readonly checks: readonly { check: string; state: string; found: string; todo: string | null }[];
  readonly rows: readonly { row: string; status: string }[];
}

async function doctor(
  command: readonly string[],
  more: Record<string, string> = {},
  options: readonly string[] = [],
) {
  const args = ['doctor', '--json', ...options, '--', ...command];
  const { exitCode, stdout, stderr } = await runCli(args, { env: { ...env, ...more } });
  const answer = JSON.parse(stdout) as Answer;
  const states = Object.fromEntries(answer.checks.map(({ check, state }) => [check, state]));
  const found = Object.fromEntries(answer.checks.map(({ check, found: text }) => [check, text]));
  return { exitCode, stderr, answer, states, found };
}

/** What it says of an application that is one file, with all that it imports in it. */
async function doctorOfBundle(host: string): ReturnType<typeof doctor> {
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-bundle-'));
  try {
    const outfile = join(folder, 'app.cjs');
    const entry = fileURLToPath(new URL(`./hosts/${host}`, import.meta.url));
    const external = ['pg-native'];
    await build({ entryPoints: [entry], outfile, bundle: true, minify: true, platform: 'node', external });
    return await doctor([NODE, ...PRELOAD, outfile]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ALL_WELL = {
  application: 'ok',
  preload: 'ok',
  'OpenTelemetry SDK': 'ok',
  'loaded before': 'ok',
  'OTLP endpoint': 'ok',
};

describe('grants-otel doctor', () => {
  it('finds nothing wrong where all is well: the rows that matched, the spans that were made, exit code 0', async () => {
    const { exitCode, answer, states, found, stderr } = await doctor([NODE, ...PRELOAD, INDEXER], {
      GRANTS_OTEL_METHODS: 'test/methods/hosts/table.mjs',
    });
    expect(states).toEqual({ ...ALL_WELL, 'method table': 'ok', pg: 'note', events: 'ok' });
    expect(found['method table']).toBe('test/methods/hosts/table.mjs: 4 of 4 rows matched');
    expect(found['events']).toMatch(/^3 traced in \d+\.\d s, \d+ spans in all$/);
    expect(found['preload']).toMatch(/^in process \d+, .*indexer\.mjs, Node v/);
    expect(answer.rows.map(({ row, status }) => `${status} ${row}`)).toEqual([
      'matched /hosts/fetch.cjs Source.take',
      'matched /hosts/handler.mjs Handler.handle',
      'matched /hosts/handler.mjs Handler.store',
      'matched /hosts/handler.mjs readAmount',
    ]);
    // What the application printed; nothing else.
    expect(linesOf(stderr)[0]).toMatch(/^5 for 7/);
    expect(stderr).not.toContain('grants-otel:');
    expect(exitCode).toBe(0);
  });

  it('adds a preload that is missing, says so, and looks into the rest', async () => {
    const { exitCode, states, answer, stderr } = await doctor([NODE, INDEXER], {
      GRANTS_OTEL_METHODS: 'test/methods/hosts/table.mjs',
    });
    expect(states).toMatchObject({ ...ALL_WELL, preload: 'wrong', 'method table': 'ok', events: 'ok' });
    expect(answer.rows.every(({ status }) => status === 'matched')).toBe(true);
    expect(stderr).toContain(
      `grants-otel: preload: start it as ${NODE} --require grants-otel/instrumentation ${INDEXER}\n`,
    );
    expect(exitCode).toBe(1);
  });

  it.each([
    ['-r', ['-r', './instrumentation'], ''],
    ['--require=', ['--require=./instrumentation'], ''],
    ['--import', ['--import', './dist/instrumentation/index.js'], ''],
    ['--import=', ['--import=grants-otel/instrumentation'], ''],
    ['NODE_OPTIONS', [], '--require ./instrumentation'],
    ['--import in NODE_OPTIONS', [], '--import "grants-otel/instrumentation"'],
    ['a file that requires it', ['--require', `./${HOSTS}/requires-preload.cjs`], ''],
  ])('knows the preload by %s', async (_how, options, nodeOptions) => {
    const more = nodeOptions === '' ? {} : { NODE_OPTIONS: nodeOptions };
    const { states, exitCode } = await doctor(
      [NODE, ...options, 'test/instrumentation/hosts/one-event.mjs'],
      more,
    );
    expect(states).toMatchObject({ ...ALL_WELL, events: 'ok' });
    expect(exitCode).toBe(0);
  });

  it('looks at the program behind a script of a shell, and ends all that was started', async () => {
    const script = `${NODE} --require ./instrumentation ${HOSTS}/waits.mjs; true`;
    const { exitCode, answer, found, stderr } = await doctor(['sh', '-c', script], {}, ['--for', '3s']);
    expect(answer.application?.program).toMatch(/waits\.mjs$/);
    expect(found['application']).toMatch(/^ran \d+\.\d s, then was stopped$/);
    expect(exitCode).toBe(0);
    const child = Number(/^child (\d+)$/m.exec(stderr)?.[1]);
    expect(() => process.kill(child, 0)).toThrow(/ESRCH/);
  });

  it('kills what does not end, and says so', async () => {
    const command = [NODE, ...PRELOAD, `${HOSTS}/waits.mjs`, 'stubborn'];
    const { exitCode, states, found } = await doctor(command, {}, ['--for', '2s']);
    expect(states['application']).toBe('wrong');
    expect(found['application']).toMatch(/did not end within 10 s .* and was killed$/);
    expect(exitCode).toBe(1);
  });

  it('tells an application that fails', async () => {
    const { exitCode, found, stderr } = await doctor([NODE, ...PRELOAD, `${HOSTS}/ends-with-3.mjs`]);
    expect(found['application']).toMatch(
      /^ended with exit code 3 after .* s; what it printed, if anything, is above$/,
    );
    expect(linesOf(stderr)[0]).toBe('no database');
    expect(exitCode).toBe(1);
  });

  it('tells rows that match nothing, and a table of which nothing was loaded', async () => {
    const odd = await doctor([NODE, ...PRELOAD, INDEXER], {
      GRANTS_OTEL_METHODS: 'test/methods/hosts/odd-table.mjs',
    });
    expect(odd.found['method table']).toMatch(
      /odd-table\.mjs: 1 of 8 rows matched; 6 found nothing in their files: [^;]*; \S*handler\.mjs Handler\.handle: event failed: /,
    );
    expect(odd.answer.rows.map(({ status }) => status)).toEqual([
      'no match',
      'no match',
      'no match',
      'no match',
      'no match',
      'no match',
      'waiting',
      'matched',
    ]);
    expect(odd.exitCode).toBe(1);
    const failing = await doctor([NODE, ...PRELOAD, INDEXER], {
      GRANTS_OTEL_METHODS: 'test/methods/hosts/failing-table.mjs',
    });
    expect(failing.found['method table']).toMatch(
      /failing-table\.mjs: 1 of 1 rows matched; \/hosts\/handler\.mjs Handler\.handle: event failed: Cannot read properties of undefined \(reading 'id'\)$/,
    );
    expect(failing.exitCode).toBe(1);
    const wrong = await doctor([NODE, ...PRELOAD, INDEXER], {
      GRANTS_OTEL_METHODS: 'test/methods/hosts/wrong-answers-table.mjs',
    });
    expect(wrong.found['method table']).toMatch(/before told amount, [^;]*; after failed: oops/);
    expect(wrong.found['method table']).toContain('events told number');
    expect(wrong.exitCode).toBe(1);
    const other = await doctor([NODE, ...PRELOAD, 'test/instrumentation/hosts/one-event.mjs'], {
      GRANTS_OTEL_METHODS: 'test/methods/hosts/table.mjs',
    });
    expect(other.found['method table']).toMatch(/0 of 4 rows matched; none of their files was loaded$/);
    expect(other.exitCode).toBe(1);
  });

  it('tells why nothing is traced', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grants-otel-doctor-'));
    const doctorOf = async (rows: readonly string[]) => {
      const table = join(folder, `table-${rows.join().length}.mjs`);
      await writeFile(table, `export default [${rows.join()}];`);
      const { found, states, exitCode } = await doctor([NODE, ...PRELOAD, JOBS], {
        GRANTS_OTEL_METHODS: table,
      });
      const { application, events: state } = states;
      return { application, state, found: found['events'], table: found['method table'], exitCode };
    };
    const handler = 'file: "/hosts/jobs/jobs.mjs", export: "Handler", method: "handle"';
    const store = '{ file: "/hosts/jobs/jobs.mjs", export: "Jobs", method: "store", name: "store" }';
    try {
      expect(await doctorOf([store])).toMatchObject({
        state: 'note',
        found: expect.stringMatching(
          /; no row is an event \(as: 'event'\), and no call of traceEvent was traced$/,
        ),
      });
      const untold = `{ as: "event", ${handler}, event: () => undefined }`;
      const unfed = `{ as: "event", ${handler} }`;
      for (const row of [untold, unfed]) {
        expect(await doctorOf([row, store])).toMatchObject({
          state: 'note',
          found: expect.stringMatching(
            /; \/hosts\/jobs\/jobs\.mjs Handler\.handle knew no event in its only call$/,
          ),
          exitCode: 0,
        });
      }
      const promise = `{ as: "event", ${handler}, event: async () => { throw new Error('lost'); } }`;
      expect(await doctorOf([promise])).toMatchObject({
        application: 'ok',
        table: expect.stringMatching(/Handler\.handle: event told a promise, which is not waited for$/),
        exitCode: 1,
      });
      const unplaced = `{ as: "event", ${handler}, event: () => ({ contractName: "Own", eventName: "Donated" }) }`;
      const unnamed = `{ as: "event", ${handler}, event: () => ({ chainId: 1, name: "Donated" }) }`;
      expect(await doctorOf([unnamed])).toMatchObject({
        state: 'wrong',
        found: expect.stringMatching(
          /^1 traced in .* s, 1 of them without a contractName or an eventName, \d+ spans in all$/,
        ),
        exitCode: 1,
      });
      const misplaced = store.replace(' }', ', before: () => ({ roundId: "7" }) }');
      expect(await doctorOf([unplaced, misplaced])).toMatchObject({
        state: 'wrong',
        found: expect.stringMatching(/^1 traced in .* s, 1 of them without a chainId, \d+ spans in all$/),
        table: expect.stringMatching(
          /Jobs\.store: before told roundId, which is not heeded: expected \{ step: \{ … \}, event: \{ … \} \}$/,
        ),
        exitCode: 1,
      });
      const nothing = store.replace(' }', ', before: () => ({ step: undefined, event: undefined }) }');
      const event = `{ as: "event", ${handler}, event: () => ({ chainId: 10, contractName: "Own", eventName: "Donated" }) }`;
      const misspelt = store.replace(' }', ', before: () => ({ step: {}, evnt: { roundId: "7" } }) }');
      expect(await doctorOf([event, misspelt])).toMatchObject({
        table: expect.stringMatching(/Jobs\.store: before told evnt, which is not heeded: expected /),
        exitCode: 1,
      });
      expect(await doctorOf([event, nothing])).toMatchObject({ state: 'ok', exitCode: 0 });
      const misnamed = '{ file: "/hosts/jobs/jobs.mjs", export: "Jobs", method: "storre", name: "a" }';
      const isStatic = '{ file: "/hosts/jobs/jobs.mjs", export: "Jobs", method: "of", name: "a" }';
      expect(await doctorOf([misnamed, isStatic])).toMatchObject({
        table: expect.stringMatching(
          /0 of 2 rows matched; 2 found nothing in their files: \S+ Jobs\.storre: storre is no function there; did you mean store\?, \S+ Jobs\.of: of is static there, and only what instances have is wrapped$/,
        ),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    [
      'before',
      ['--require', './test/instrumentation/hosts/own-sdk.cjs', ...PRELOAD],
      'test/instrumentation/hosts/one-event.mjs',
      'another was registered before the preload',
    ],
    ['after', PRELOAD, `${HOSTS}/registers-sdk.cjs`, 'the application registers one of its own'],
  ])('tells another SDK that is registered %s the preload', async (_when, options, program, problem) => {
    const { exitCode, found, stderr } = await doctor([NODE, ...options, program]);
    expect(found['OpenTelemetry SDK']).toBe(problem);
    expect(stderr).toContain('createSpanProcessors()');
    expect(stderr).toContain('so this preload steps back');
    expect(exitCode).toBe(1);
  });

  it('says nothing of a preload that steps back where it was doctor that added it', async () => {
    const { states, exitCode, stderr } = await doctor([NODE, `${HOSTS}/registers-sdk.cjs`]);
    expect(states).toMatchObject({ preload: 'note', 'OpenTelemetry SDK': 'wrong' });
    expect(stderr).not.toContain('take the preload out');
    expect(stderr).not.toContain('steps back');
    expect(exitCode).toBe(1);
  });

  it.each(['own-sdk-with-processors.mjs', 'unseen-sdk-with-processors.mjs'])(
    'takes an SDK of the application’s own that has our processors for what it should be: %s',
    async (sdk) => {
      const own = ['--import', `./${HOSTS}/${sdk}`, 'test/instrumentation/hosts/one-event.mjs'];
      const without = await doctor([NODE, ...own]);
      expect(without.states).toMatchObject({ preload: 'note', 'OpenTelemetry SDK': 'ok' });
      expect(without.exitCode).toBe(0);
      const beside = await doctor([NODE, ...PRELOAD, ...own]);
      expect(beside.states).toMatchObject({ preload: 'ok', 'OpenTelemetry SDK': 'wrong' });
      expect(beside.stderr).toContain('grants-otel: OpenTelemetry SDK: take the preload out\n');
      expect(beside.exitCode).toBe(1);
    },
  );

  it('tells an SDK of the application’s own that cannot be registered, as one in a bundle', async () => {
    const { exitCode, found, stderr } = await doctorOfBundle('registers-sdk.mjs');
    expect(found['OpenTelemetry SDK']).toMatch(/^the preload's, beside one of the application's own/);
    expect(stderr).toContain('OpenTelemetry SDK: take the preload out, and put createSpanProcessors()');
    expect(exitCode).toBe(1);
  });

  it('tells a process that does the work without the preload, beside one that has it', async () => {
    const { exitCode, answer, stderr } = await doctor([NODE, ...PRELOAD, `${HOSTS}/starts-another.mjs`]);
    expect(answer.application?.program).toMatch(/starts-another\.mjs$/);
    expect(stderr).toMatch(/another process: preload it as well: NODE_OPTIONS=/);
    expect(exitCode).toBe(1);
  });

  it.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)(
    'ends what it started when %s ends it, and tells what it saw',
    async (signal) => {
      const command = [NODE, ...PRELOAD, `${HOSTS}/waits.mjs`];
      let child = 0;
      const { code, stdout } = await runNode([MAIN, 'doctor', '--for', '1m', '--', ...command], {
        env,
        onStderr: (text, running) => {
          if (child !== 0) return;
          child = Number(/^child (\d+)\n/m.exec(text)?.[1] ?? 0);
          if (child !== 0) running.kill(signal);
        },
      });
      expect(stdout).toMatch(/^application +ok +ran \d+\.\d s, then was stopped/m);
      expect(() => process.kill(child, 0)).toThrow(/ESRCH/);
      expect(code).toBe(0);
    },
  );

  it('tells attributes that are left out, and why', async () => {
    const { exitCode, found, stderr } = await doctor([NODE, ...PRELOAD, `${HOSTS}/refused-attributes.mjs`]);
    expect(found['attributes']).toBe(
      'left out: blockTimestampMs: expected a number of milliseconds since 1970, found one as small as seconds are; amountInUsd: expected a decimal, as a text, a bigint or a whole number, found a number that is not whole, or too large; applicationId: expected a text, found object',
    );
    expect(stderr).toContain('grants-otel: attributes: give them in the types that the README has\n');
    expect(exitCode).toBe(1);
    const events = receiver.spans().filter(({ name }) => name === 'S.Attributes');
    const ages = events.map(({ attributes }) => typeof attributes['blockAgeMs']);
    expect(ages).toEqual([...Array(5).fill('undefined'), 'number']);
  });

  it('tells attributes whose names are nearly known ones', async () => {
    const { exitCode, states, found } = await doctor([NODE, ...PRELOAD, `${HOSTS}/misspelt-attributes.mjs`]);
    expect(found['attribute names']).toBe(
      'nearly known ones: application_id (applicationId?), roundID (roundId?)',
    );
    expect(states['attribute names']).toBe('note');
    expect(exitCode).toBe(0);
  });

  it('advises what reaches a process that the application starts, where that does the work', async () => {
    const { stderr } = await doctor([NODE, `${HOSTS}/starts-another.mjs`]);
    expect(stderr).toMatch(
      /preload: start it as NODE_OPTIONS="--require grants-otel\/instrumentation" \S+ \S+starts-another\.mjs\n/,
    );
  });

  it('quotes the command that it advises for a shell', async () => {
    const { stderr } = await doctor(['sh', '-c', `${NODE} -e "0"; true`]);
    expect(stderr).toContain(
      `start it as NODE_OPTIONS="--require grants-otel/instrumentation" sh -c '${NODE} -e "0"; true'\n`,
    );
  });

  it('says where there can be no folder for its reports', async () => {
    const { exitCode, stderr } = await runCli(['doctor', '--', 'true'], { env: { TMPDIR: '/nowhere' } });
    expect(stderr).toMatch(/^grants-otel: no folder can be made in \/nowhere, .*ENOENT.*\n$/);
    expect(exitCode).toBe(2);
  });

  it('tells a pg that was loaded before the preload, and is content with one after it', async () => {
    const before = await doctor([NODE, '--require', 'pg', ...PRELOAD, `${HOSTS}/loads-pg.mjs`]);
    expect(before.found['loaded before']).toBe('pg');
    expect(before.exitCode).toBe(1);
    const after = await doctor([NODE, ...PRELOAD, `${HOSTS}/loads-pg.mjs`]);
    expect(after.found['pg']).toMatch(/^8\.\d+\.\d+, its statements are traced$/);
    expect(after.exitCode).toBe(0);
  });

  it.each(['cjs', 'mjs'])(
    'lets an application load the preload by itself, before its pg: %s',
    async (kind) => {
      const program = `${HOSTS}/loads-preload.${kind}`;
      const early = await doctor([NODE, program]);
      expect(early.found['preload']).toMatch(/^loaded by the application itself, in process \d+, /);
      expect(early.states).toMatchObject({ preload: 'ok', 'loaded before': 'ok', pg: 'ok' });
      expect(early.exitCode).toBe(0);
      const late = await doctor([NODE, program, 'late']);
      expect(late.states).toMatchObject({ preload: 'ok', 'loaded before': 'wrong', pg: 'note' });
      expect(late.stderr).toContain('grants-otel: loaded before: put the preload before what loads pg\n');
      expect(late.exitCode).toBe(1);
    },
  );

  it('tells a pg that was bundled', async () => {
    const { exitCode, found } = await doctorOfBundle('loads-pg.mjs');
    expect(found['pg']).toMatch(/^bundled into .*app\.cjs: its statements cannot be traced$/);
    expect(exitCode).toBe(1);
  });

  it('tells what is wrong with the variables that the application was given, not with its own', async () => {
    const command = ['env', 'GRANTS_OTEL_KEEP_RATIO=2', 'GRANTS_OTEL_KEEP_RATE=1', NODE, ...PRELOAD, INDEXER];
    const { exitCode, answer } = await doctor(command);
    const wrong = answer.checks.filter(({ state }) => state === 'wrong').map(({ found }) => found);
    expect(wrong).toEqual([
      expect.stringMatching(/^GRANTS_OTEL_KEEP_RATIO/),
      'GRANTS_OTEL_KEEP_RATE is no variable of ours; did you mean GRANTS_OTEL_KEEP_RATIO?',
    ]);
    expect(exitCode).toBe(1);
  });

  it('tells an OTLP endpoint that does not answer, and tracing that is off', async () => {
    await receiver.close();
    const gone = await doctor([NODE, ...PRELOAD, INDEXER]);
    expect(gone.found['OTLP endpoint']).toBe(`${receiver.url}/v1/traces nothing listens there`);
    expect(gone.exitCode).toBe(1);
    const off = await doctor([NODE, ...PRELOAD, INDEXER], { OTEL_SDK_DISABLED: 'true' });
    expect(off.states).toMatchObject({ 'OpenTelemetry SDK': 'wrong', 'OTLP endpoint': 'note' });
    expect(off.exitCode).toBe(1);
    receiver = await startReceiver();
  });

  it('tells an endpoint that speaks no HTTP, as that of gRPC does', async () => {
    const server = createServer((socket) => {
      // Whoever hears no HTTP hangs up.
      socket.on('error', () => {});
      socket.end('\0\0\x12\x04 no HTTP');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { exitCode, found, stderr } = await doctor(
      [NODE, ...PRELOAD, 'test/instrumentation/hosts/one-event.mjs'],
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
      },
    );
    server.close();
    expect(found['OTLP endpoint']).toBe(
      `${url}/v1/traces speaks no HTTP; is it the OTLP/HTTP port, 4318? (4317 is for gRPC)`,
    );
    expect(stderr).toMatch(/spans lost: .*; is it the OTLP\/HTTP port, 4318\?/);
    expect(exitCode).toBe(1);
  });

  it('tells a sampler that lets nothing be traced, and a trace file that was not written', async () => {
    const off = await doctor([NODE, ...PRELOAD, INDEXER], { OTEL_TRACES_SAMPLER: 'always_off' });
    expect(off.found['configuration']).toBe('OTEL_TRACES_SAMPLER=always_off: nothing is traced');
    expect(off.exitCode).toBe(1);
    for (const GRANTS_OTEL_TRACE_FILE of ['/proc/nowhere/traces.jsonl', tmpdir()]) {
      const unwritten = await doctor([NODE, ...PRELOAD, 'test/instrumentation/hosts/one-event.mjs'], {
        GRANTS_OTEL_TRACE_FILE,
      });
      expect(unwritten.found['trace file']).toBe(
        `${GRANTS_OTEL_TRACE_FILE} was not written; a line above says why`,
      );
      expect(unwritten.exitCode).toBe(1);
    }
  });

  it('tells where no process reported', async () => {
    const { exitCode, answer, found } = await doctor(['true']);
    expect(answer).toMatchObject({ application: null, rows: [] });
    expect(found['preload']).toBe('no Node process of this command has reported');
    expect(exitCode).toBe(1);
    const { stderr } = await runCli(['doctor', '--', NODE, '--requier', 'index.js'], { env });
    expect(stderr).toContain('mend what it ended for, if that is told above');
  });

  it('tells of a method table that cannot be taken', async () => {
    const { exitCode, found } = await doctor([NODE, ...PRELOAD, 'test/instrumentation/hosts/one-event.mjs'], {
      GRANTS_OTEL_METHODS: 'package.json',
    });
    expect(found['configuration']).toMatch(/is no method table: expected its default export to be an array/);
    expect(found['method table']).toMatch(/^none was taken, for what is wrong above: /);
    expect(exitCode).toBe(1);
  });

  it('shows a table to people: the rows, then the checks', async () => {
    const args = ['doctor', '--', NODE, ...PRELOAD, INDEXER];
    const more = { ...env, GRANTS_OTEL_METHODS: 'test/methods/hosts/table.mjs' };
    const { stdout, exitCode } = await runCli(args, { env: more });
    const lines = linesOf(stdout).map((line) => line.split(/ {2,}/).slice(0, 2).join(' | '));
    expect(lines).toContain('/hosts/fetch.cjs Source.take | matched');
    expect(lines).toContain('preload | ok');
    expect(lines.indexOf('row | status')).toBeLessThan(lines.indexOf('check | state'));
    expect(exitCode).toBe(0);
  });

  it.each([
    [['doctor'], 'doctor needs the command that starts the application: grants-otel doctor -- node app.js'],
    [
      ['doctor', '--'],
      'doctor needs the command that starts the application: grants-otel doctor -- node app.js',
    ],
    [['doctor', 'node', 'app.js'], 'doctor takes no sources, found "node"'],
    [
      ['doctor', '--for', 'long', '--', 'node'],
      '--for expects a span of time (250ms, 1.5s, 2m; a number alone is ms), found "long"',
    ],
    [
      ['doctor', '--', '/no/such/program'],
      '"/no/such/program" cannot be started: spawn /no/such/program ENOENT',
    ],
  ])('refuses %j', async (args, line) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect(linesOf(stderr)).toContain(`grants-otel: ${line}`);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
