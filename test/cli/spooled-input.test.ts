import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowEvent } from '../traces/otlp-spans.js';
import { MAIN, runCli } from './run-cli.js';
import { createTraceFolder, linesFor, type TraceFolder } from './trace-files.js';

let folder: TraceFolder;
beforeAll(() => {
  folder = createTraceFolder();
});
afterAll(() => folder.remove());

const args = ['slow', '-', '--format', 'csv'];

describe('what can be read but once', () => {
  it('cannot be kept where TMPDIR is no folder, and that is told', async () => {
    const TMPDIR = join(folder.path, 'not-there');
    const { stderr, exitCode } = await runCli(args, { env: { TMPDIR }, stdin: linesFor([slowEvent()]) });

    expect(stderr).toBe(
      `grants-otel: the standard input cannot be kept in ${TMPDIR} (ENOENT); have TMPDIR name another folder, or give a file\n`,
    );
    expect(exitCode).toBe(3);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves no file behind when %s ends the command',
    async (signal) => {
      const temporary = join(folder.path, signal);
      mkdirSync(temporary);
      const watched = watch(temporary);
      const made = once(watched, 'change');
      const child = spawn(process.execPath, [MAIN, ...args], {
        env: { PATH: process.env['PATH'], TMPDIR: temporary },
      });
      child.stdin.write(linesFor([slowEvent()]));
      await made;
      watched.close();
      expect(readdirSync(temporary)).toHaveLength(1);
      const exited = once(child, 'exit');
      child.kill(signal);

      expect(await exited).toEqual([null, signal]);
      expect(readdirSync(temporary)).toEqual([]);
    },
  );
});
