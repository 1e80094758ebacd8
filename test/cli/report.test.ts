import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printable } from '../../src/cli/output/printable.js';
import { slowEvent } from '../traces/otlp-spans.js';
import { donationTrace, fastEvents, HOSTILE, traceLines } from './report-traces.js';
import { linesOf, runCli } from './run-cli.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grants-otel-report-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** An empty folder of this test's own. */
function freshFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** What is shown: neither head nor scripts. */
function bodyOf(page: string): string {
  return page.slice(page.indexOf('<main>'), page.indexOf('</main>'));
}

const SOME_TRACES = traceLines(donationTrace({}), fastEvents(20));

describe('grants-otel report', () => {
  it('writes one page, says so in a line, and leaves nothing else behind', async () => {
    const place = freshFolder('one-page');
    const out = join(place, 'report.html');
    const { exitCode, stdout, stderr } = await runCli([
      'report',
      fileOf('one.jsonl', SOME_TRACES),
      '--out',
      out,
    ]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^.*report\.html: 21 events, the slowest 20 with their traces, \d+ kB\n$/);
    expect(exitCode).toBe(0);
    expect(readdirSync(place)).toEqual(['report.html']);
    expect(readFileSync(out, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  it('replaces the page of before, also behind a link, and keeps the link and who may read it', async () => {
    const place = freshFolder('replaced');
    const path = fileOf('replaced/page.html', '<html>the page of before');
    const linked = join(place, 'link.html');
    chmodSync(path, 0o640);
    symlinkSync(path, linked);
    expect((await runCli(['report', fileOf('two.jsonl', SOME_TRACES), '--out', linked])).exitCode).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>/);
    expect(readdirSync(place).sort()).toEqual(['link.html', 'page.html']);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('prints the page with --out -, also of the standard input, which is read but once', async () => {
    const { exitCode, stdout, stderr } = await runCli(['report', '-', '--out', '-'], { stdin: SOME_TRACES });
    expect(bodyOf(stdout)).toContain('InsertDonation');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('writes into a pipe as it is', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const read = readFile(pipe, 'utf8');
    const { exitCode } = await runCli(['report', fileOf('pipe.jsonl', SOME_TRACES), '--out', pipe]);
    expect((await read).slice(-8)).toBe('</html>\n');
    expect(exitCode).toBe(0);
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  it.each([
    ['no --out', [], 2, /report needs --out <file>/],
    [
      'a folder that is not there',
      ['--out', 'nowhere/report.html'],
      70,
      /there is no folder .*nowhere; make it first/,
    ],
    ['a folder', ['--out', '.'], 70, /is a folder; name the file in it/],
    [
      'a file in place of the folder',
      ['--out', 'file.jsonl/report.html'],
      70,
      /file\.jsonl\/report\.html cannot be written/,
    ],
  ])('says in one line, before it reads anything, what is wrong with %s', async (_, args, code, line) => {
    fileOf('file.jsonl', '');
    const inFolder = args.map((arg) => (arg.startsWith('--') ? arg : join(folder, arg)));
    const { exitCode, stdout, stderr } = await runCli(['report', 'not-there.jsonl', ...inFolder]);
    expect(linesOf(stderr)).toEqual([expect.stringMatching(line)]);
    expect(stdout).toBe('');
    expect(exitCode).toBe(code);
  });

  it('does not take the place of the traces that it is made of, nor of those that an indexer writes', async () => {
    const traces = fileOf('source.jsonl', SOME_TRACES);
    const other = fileOf('other-source.jsonl', SOME_TRACES);
    const link = join(folder, 'link.html');
    symlinkSync(traces, link);
    for (const [args, env] of [
      [[traces, '--out', traces], {}],
      [[other, traces, '--out', link], {}],
      [['--out', traces], { GRANTS_OTEL_TRACE_FILE: traces }],
      [[other, '--out', traces], { GRANTS_OTEL_TRACE_FILE: traces }],
      [
        [other, '--out', join(folder, 'not-yet.jsonl')],
        { GRANTS_OTEL_TRACE_FILE: `${folder}/./not-yet.jsonl` },
      ],
    ] as const) {
      const { exitCode, stderr } = await runCli(['report', ...args], { env });
      expect(stderr).toMatch(/^grants-otel: --out .* is a file of traces; name another file for the page\n$/);
      expect(exitCode).toBe(2);
      expect(readFileSync(traces, 'utf8')).toBe(SOME_TRACES);
    }
  });

  it('does not take the place of what is no page', async () => {
    const notes = fileOf('notes.txt', 'what was seen on Monday');
    const empty = fileOf('empty.html', '');
    const source = fileOf('of-notes.jsonl', SOME_TRACES);
    const { exitCode, stderr } = await runCli(['report', source, '--out', notes]);
    expect(stderr).toBe(
      `grants-otel: ${notes} is a file that is no page, and would be lost; name another file with --out\n`,
    );
    expect(exitCode).toBe(70);
    expect(readFileSync(notes, 'utf8')).toBe('what was seen on Monday');
    expect((await runCli(['report', source, '--out', empty])).exitCode).toBe(0);
  });

  it('tells what it cannot read, a pipe or links that lead nowhere, and answers of the rest', async () => {
    const traces = fileOf('beside.jsonl', SOME_TRACES);
    const [one, other] = [join(folder, 'circle-1'), join(folder, 'circle-2')];
    symlinkSync(one, other);
    symlinkSync(other, one);
    const cut = join(folder, 'cut.pipe');
    execFileSync('mkfifo', [cut]);
    const writing = writeFile(cut, gzipSync(SOME_TRACES).subarray(0, -20));
    const { exitCode, stderr } = await runCli([
      'report',
      one,
      cut,
      traces,
      '--out',
      join(folder, 'rest.html'),
    ]);
    await writing;
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^grants-otel: .*circle-1.*ELOOP/),
      `grants-otel: ${cut}: the gzip is cut off; what came before is answered`,
    ]);
    expect(exitCode).toBe(3);
  });

  it('says on the page that a part of a file is lost, and exits with 3', async () => {
    const source = fileOf('lost.jsonl', `{"resourceSpans":[{"reso\n${SOME_TRACES}`);
    const out = join(folder, 'lost.html');
    const { exitCode } = await runCli(['report', source, '--out', out]);
    expect(exitCode).toBe(3);
    const page = readFileSync(out, 'utf8');
    expect(page).toContain(`a part of ${source}`);
    expect(page).toContain(`${source}, line 1: cut off or damaged; skipped`);
  });

  it('leaves the page of before where nothing was found, and exits with 1', async () => {
    const out = fileOf('before.html', '<html>the page of before');
    const args = ['report', fileOf('other.jsonl', SOME_TRACES), '--chain', '5', '--out', out];
    const { exitCode, stderr } = await runCli(args);
    expect(stderr).toContain('no events of chain 5 found');
    expect(exitCode).toBe(1);
    expect(readFileSync(out, 'utf8')).toBe('<html>the page of before');
  });

  it('makes the page of what the other sources answered, says on it which failed, and exits with 3', async () => {
    const out = join(folder, 'partly.html');
    const good = fileOf('good.jsonl', SOME_TRACES);
    const { exitCode, stderr } = await runCli(['report', good, join(folder, 'gone.jsonl'), '--out', out]);
    expect(linesOf(stderr)).toHaveLength(1);
    expect(exitCode).toBe(3);
    const page = readFileSync(out, 'utf8');
    expect(bodyOf(page)).toContain('gone.jsonl: no such file');
    expect(bodyOf(page)).toContain('good.jsonl');
  });

  it('counts a span once, however often it comes', async () => {
    const trace = donationTrace({});
    const path = fileOf('twice.jsonl', traceLines(trace, trace));
    const { stdout } = await runCli(['report', path, path.replace('twice', './twice'), '--out', '-']);
    expect(/<title>.*<\/title>/.exec(stdout)?.[0]).toBe('<title>grants-otel: 1 event, 1 slow</title>');
    expect(stdout.match(/<details class="span/g)).toHaveLength(3);
  });

  it('has no markup of what was traced anywhere in it, nor of the name of a file', async () => {
    const trace = donationTrace({
      name: HOSTILE,
      attributes: { chainId: HOSTILE, roundId: HOSTILE, slowCause: HOSTILE, [HOSTILE]: HOSTILE },
    });
    const path = fileOf('<script><img src=x>.jsonl', traceLines(trace));
    const page = (await runCli(['report', path, '--round', HOSTILE, '--out', '-'])).stdout;
    expect(page.match(/<\/?(script|style|title)\b[^>]*>/g)).toEqual([
      '<title>',
      '</title>',
      '<style>',
      '</style>',
      '<script type="application/json" id="chart-data">',
      '</script>',
      '<script>',
      '</script>',
      '<script type="module">',
      '</script>',
    ]);
    const body = bodyOf(page);
    expect(body).toContain('&lt;img src=x onerror=');
    expect(body).not.toContain('<img');
    expect(printable(body.replaceAll('\n', ''))).toBe(body.replaceAll('\n', ''));
  });

  it('says what it does not show: events beyond --limit, spans beyond 300, the rest of a long value', async () => {
    const [event, ...steps] = donationTrace({ durationMs: 900, attributes: { note: 'x'.repeat(10_000) } });
    const more = Array.from({ length: 400 }, () => donationTrace({ traceId: event?.traceId ?? '' })[2]);
    const spans = [event, ...steps, ...more].flatMap((span) => span ?? []);
    const path = fileOf('much.jsonl', traceLines(spans, [slowEvent()]));
    const { stdout } = await runCli(['report', path, '--limit', '1', '--out', '-']);
    expect(bodyOf(stdout)).toContain('The slowest of 2 events');
    expect(bodyOf(stdout)).toContain('103 more spans of this trace are not shown');
    expect(bodyOf(stdout)).toContain('… (10000 characters)');
  });
});
