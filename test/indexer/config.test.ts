import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/indexer/config.js';
import { helpText } from '../../src/indexer/help.js';
import { OPTIONS, SWITCHES } from '../../src/indexer/options.js';
import { temporaryFile, temporaryFolder } from './fixtures.js';

const GRAPHQL = 'https://indexer.example/v1/graphql';
const problemsOf = (args: string[], env: Record<string, string> = {}): readonly string[] => {
  const commandLine = readCommandLine(args, env);
  return commandLine.kind === 'refused' ? commandLine.problems : [];
};

describe('the command line of the indexer', () => {
  it('needs nothing but a source', () => {
    expect(readCommandLine([GRAPHQL], {})).toEqual({
      kind: 'run',
      config: {
        command: 'index',
        sources: [GRAPHQL],
        databaseUrl: 'pglite:.data/grants',
        priceToleranceMs: 24 * 60 * 60 * 1000,
        poolSize: 10,
        batchSize: 1000,
        follow: false,
      },
    });
  });

  it('reads every option, and mixes sources', () => {
    const folder = temporaryFolder();
    const file = temporaryFile('file.ndjson', '');
    const args =
      `--database-url postgres://me@localhost:5432/grants --ipfs ${folder} --prices ${file} --price-tolerance=30m
      --tokens ${file} --pool-size 4 --batch-size 50 --chains 42161,10,10 --follow ${file} - ${GRAPHQL}`.split(
        /\s+/,
      );
    expect(readCommandLine(args, { INDEXER_ADMIN_SECRET: 's' })).toEqual({
      kind: 'run',
      config: {
        command: 'index',
        sources: [file, '-', GRAPHQL],
        databaseUrl: 'postgres://me@localhost:5432/grants',
        ipfs: folder,
        prices: file,
        priceToleranceMs: 30 * 60 * 1000,
        tokens: file,
        poolSize: 4,
        batchSize: 50,
        chains: [42161, 10],
        follow: true,
        adminSecret: 's',
      },
    });
  });

  it('takes the database from DATABASE_URL where the option is not given, and the default where that is empty', () => {
    const databaseOf = (args: string[], env: Record<string, string>) => {
      const commandLine = readCommandLine([...args, GRAPHQL], env);
      return commandLine.kind === 'run' ? commandLine.config.databaseUrl : undefined;
    };
    expect(databaseOf([], { DATABASE_URL: 'postgres://a/b' })).toBe('postgres://a/b');
    expect(databaseOf(['--database-url', 'pglite:x'], { DATABASE_URL: 'postgres://a/b' })).toBe('pglite:x');
    expect(databaseOf([], { DATABASE_URL: '' })).toBe('pglite:.data/grants');
  });

  it('takes failed events again without a source', () => {
    expect(readCommandLine(['retry', '--pool-size', '2'], {})).toMatchObject({
      kind: 'run',
      config: { command: 'retry', sources: [], poolSize: 2 },
    });
    expect(problemsOf(['retry', GRAPHQL])).toEqual([`retry: expected no source, found "${GRAPHQL}"`]);
  });

  it('tells all problems at once', () => {
    const tokens = temporaryFile('tokens.ndjson', '{}\n');
    const missing = join(temporaryFolder(), 'events.ndjson');
    const args =
      `--pool-size -1 --batch-size abc --price-tolerance 24 --chains 42161,x --ipfs ${missing} --prices ${missing}
      --tokens ${tokens} --nope --follow=yes --database-url mysql://root:secret@host/db ${missing}`.split(
        /\s+/,
      );
    expect(problemsOf(args)).toEqual([
      '--nope: there is no such option; see --help',
      '--follow: expected no value, found "yes"',
      '--database-url: expected postgres://user@host:5432/name or pglite:<folder>, found something else (27 characters)',
      '--price-tolerance: expected a number with ms, s, m, h, d or w, such as 24h, found "24"',
      '--pool-size: expected a whole number from 1 to 1000, found "-1"',
      '--batch-size: expected a whole number from 1 to 100000, found "abc"',
      `--ipfs: expected a folder that exists, or an http(s) URL, found "${missing}"`,
      `--prices: expected a file that exists, found "${missing}"`,
      '--chains: expected chain ids with commas between, such as 42161,10, found "42161,x"',
      `source "${missing}": expected a file of NDJSON, "-" or an http(s) URL; there is no such file`,
      '--follow: expected a GraphQL source to follow, found none',
      '--chains: expected a GraphQL source to ask, found none',
      expect.stringContaining(`${tokens}:1: expected {"chainId"`),
    ]);
  });

  it.each([
    [['--pool-size'], '--pool-size: expected a whole number from 1 to 1000, found nothing'],
    [
      ['--pool-size', '--follow', GRAPHQL],
      '--pool-size: expected a whole number from 1 to 1000, found nothing',
    ],
    [['--pool-size', '0', GRAPHQL], '--pool-size: expected a whole number from 1 to 1000, found "0"'],
    [['--batch-size', '1e3', GRAPHQL], '--batch-size: expected a whole number from 1 to 100000, found "1e3"'],
    [
      ['--database-url', '', GRAPHQL],
      '--database-url: expected postgres://user@host:5432/name or pglite:<folder>, found something else (0 characters)',
    ],
    [[], 'source: expected a file of NDJSON, "-" or an http(s) URL, found none; see --help'],
    [['-', '-'], 'source "-": expected once, found again'],
    [
      ['samples'],
      'source "samples": expected a file of NDJSON, "-" or an http(s) URL; there is a folder of that name',
    ],
  ])('refuses %j', (args, problem) => {
    expect(problemsOf(args)).toContain(problem);
  });

  it('names the variable where that is at fault', () => {
    expect(problemsOf([GRAPHQL], { DATABASE_URL: 'here' })).toEqual([
      'DATABASE_URL: expected postgres://user@host:5432/name or pglite:<folder>, found something else (4 characters)',
    ]);
  });

  it('helps, whatever else is wrong', () => {
    expect(readCommandLine(['--nope', '-h'], {})).toEqual({ kind: 'help' });
    expect(readCommandLine(['--version'], {})).toEqual({ kind: 'version' });
    for (const name of [...Object.keys(OPTIONS), ...Object.keys(SWITCHES)])
      expect(helpText()).toContain(`--${name}`);
  });
});
