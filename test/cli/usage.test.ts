import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linesOf, runCli } from './run-cli.js';

describe('grants-otel, asked wrongly or about itself', () => {
  it('prints its help on --help and -h, and exits with 0', async () => {
    const long = await runCli(['--help']);
    expect(long.exitCode).toBe(0);
    expect(long.stdout).toMatch(/^Usage: grants-otel <question> \[source\]\.\.\. \[options\]$/m);
    expect(long.stdout).toMatch(/^ {2}slow /m);
    expect(long.stdout).toMatch(/--since <when>/);
    expect(long.stderr).toBe('');
    expect(await runCli(['-h'])).toEqual(long);
  });

  it('prints the help of one question, with the names of its JSON', async () => {
    const { exitCode, stdout } = await runCli(['slow', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: grants-otel slow \[source\]\.\.\. \[options\]$/m);
    expect(stdout).toContain('causeSharePercent');
  });

  it.each(['slow', 'summary', 'trace', 'causes', 'watch', 'config'])(
    'has a help of %s, in lines of a terminal',
    async (name) => {
      const { exitCode, stdout } = await runCli([name, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: grants-otel ${name} `, 'm'));
      expect(stdout).toContain('With --json');
      expect(linesOf(stdout).filter((line) => line.length > 110)).toEqual([]);
    },
  );

  it('shows its help even where a variable is bad', async () => {
    const { exitCode, stderr } = await runCli(['--help'], { env: { GRANTS_OTEL_JAEGER_URL: 'abc' } });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await runCli(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints its help and exits with 2 where nothing is asked', async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('Usage: grants-otel');
    expect(stderr).toBe('grants-otel: no question asked\n');
  });

  it('names the questions that it knows where it is asked another', async () => {
    const { exitCode, stdout, stderr } = await runCli(['slwo']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(linesOf(stderr)[0]).toBe('grants-otel: unknown question "slwo"; did you mean slow?');
  });

  it('tells of all problems at once, one line each', async () => {
    const args = [
      'slow',
      '--chian',
      '3',
      '--chain=1.5',
      '--limit',
      '0',
      '--since',
      '2999-01-01',
      '--json=yes',
      'http://',
    ];
    const env = { GRANTS_OTEL_JAEGER_URL: 'abc', GRANTS_OTEL_KEEP_RATIO: '7' };
    const { exitCode, stdout, stderr } = await runCli(args, { env });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    const lines = linesOf(stderr);
    expect(lines.map((line) => line.replace(/\(it is .*?\)/, '(it is …)'))).toEqual([
      'grants-otel: unknown option --chian; did you mean --chain?',
      'grants-otel: --chain expects a whole number, 1 or more, found "1.5"',
      'grants-otel: --limit expects a whole number, 1 or more, found "0"',
      'grants-otel: --since expects a moment in the past (it is …), found "2999-01-01"',
      'grants-otel: --json takes no value, found "yes"',
      'grants-otel: "http://" is no valid URL; expected one such as http://localhost:16686',
      'grants-otel: GRANTS_OTEL_KEEP_RATIO expects a number from 0 to 1, found "7"',
      'grants-otel: GRANTS_OTEL_JAEGER_URL expects an http:// or https:// URL, found "abc"',
      'grants-otel: see grants-otel --help',
    ]);
  });

  it('shows no password of an address that is not valid', async () => {
    const { exitCode, stderr } = await runCli(['slow', 'http://me:secret@[bad']);
    expect(exitCode).toBe(2);
    expect(linesOf(stderr)[0]).toBe(
      'grants-otel: "http://…@[bad" is no valid URL; expected one such as http://localhost:16686',
    );
  });

  it.each([
    [['--chain'], '--chain needs a value: --chain <id>'],
    [['--min-duraton', '5'], 'unknown option --min-duraton; did you mean --min-duration?'],
    [['--round', '--json'], '--round expects a value, found "--json"'],
    [['--round', ''], '--round expects some text, found ""'],
    [['--chain', '1', '--chain', '10'], '--chain is given twice; give it once'],
    [
      ['--since', '5'],
      '--since expects how long ago (30m, 1h, 7d) or an ISO time (2024-10-04T12:00Z), found "5"',
    ],
    [
      ['--since', '2024-02-30'],
      '--since expects how long ago (30m, 1h, 7d) or an ISO time (2024-10-04T12:00Z), found "2024-02-30"',
    ],
    [[''], 'a source is empty; expected a trace file, a Jaeger URL, or - for the standard input'],
  ])('refuses slow %j', async (args, problem) => {
    const { exitCode, stderr } = await runCli(['slow', ...args]);
    expect(exitCode).toBe(2);
    expect(linesOf(stderr)).toEqual([`grants-otel: ${problem}`, 'grants-otel: see grants-otel --help']);
  });
});
