import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { RunReport } from '../../src/indexer/run/report.js';
import { runNode } from '../support/run-node.js';

const MAIN = 'dist/src/indexer/main.js';

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lines of progress come every few seconds: on a busy machine there are some, on others none. */
const PROGRESS = /^(\d+%: )?events [\d,]+, donations [\d,]+.*\n/gm;

/** Runs the built indexer, without tracing, to its end. What it says of its progress is left out of `stderr`. */
export async function runMain(args: readonly string[], stdin: string = ''): Promise<Outcome> {
  const { code, stdout, stderr } = await runNode([MAIN, ...args], { stdin });
  return { exitCode: code, stdout, stderr: stderr.replace(PROGRESS, '') };
}

/** Runs it with a channel, and calls `onReport` with each report that it sends; answers its exit code and the last report. */
export async function watchMain(
  args: readonly string[],
  onReport: (report: RunReport, child: ChildProcess) => void,
): Promise<{ exitCode: number | null; stderr: string; report: RunReport | undefined }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, DATABASE_URL: '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let last: RunReport | undefined;
  child.on('message', (message) => {
    last = (message as { report: RunReport }).report;
    onReport(last, child);
  });
  const stderr = child.stderr ? text(child.stderr) : Promise.resolve('');
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stderr: await stderr, report: last };
}
