import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface HostOptions {
  readonly spans?: number;
  readonly spansPerTrace?: number;
  readonly end?: string;
  readonly exitTimeoutMs?: number;
  readonly otlp?: 'http/json' | 'http/protobuf' | 'none';
  readonly settings?: {
    readonly maxHeldSpans?: number;
    readonly traceFile?: string;
    readonly traceFileMaxMb?: number;
  };
}

export interface HostResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stderr that are ours, without the prefix. */
  readonly lines: readonly string[];
  /** What is left of stderr. */
  readonly otherStderr: string;
}

export interface RunningHost {
  readonly process: ChildProcessWithoutNullStreams;
  /** Writes one command and resolves with the number in its answer: how many spans the host holds now. */
  command(command: string): Promise<number>;
  readonly result: Promise<HostResult>;
}

const HOST = fileURLToPath(new URL('./host.mjs', import.meta.url));
const PREFIX = 'grants-otel: ';

async function collect(child: ChildProcessWithoutNullStreams): Promise<HostResult> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const all = stderr.split('\n');
  return {
    code,
    signal,
    stdout,
    stderr,
    lines: all.filter((line) => line.startsWith(PREFIX)).map((line) => line.slice(PREFIX.length)),
    otherStderr: all.filter((line) => !line.startsWith(PREFIX)).join('\n'),
  };
}

/** Starts the host program. `env` is added to a clean environment, `nodeArgs` go before the program. */
export function startHost(
  options: HostOptions,
  { env = {}, nodeArgs = [] }: { env?: Record<string, string>; nodeArgs?: readonly string[] } = {},
): RunningHost {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...nodeArgs, HOST, JSON.stringify(options)], {
    env: { PATH, HOME, ...env },
    stdio: 'pipe',
  });
  const result = collect(child);
  const answers = createInterface({ input: child.stdout });
  const command = async (text: string): Promise<number> => {
    const [verb] = text.split(' ');
    child.stdin.write(`${text}\n`);
    for (;;) {
      const [line] = (await once(answers, 'line', { signal: AbortSignal.timeout(20_000) })) as [string];
      if (line.startsWith(`${verb} `)) return Number(line.split(' ')[1]);
    }
  };
  return { process: child, command, result };
}

/** Runs the host program to its end. */
export function runHost(
  options: HostOptions,
  how?: { env?: Record<string, string>; nodeArgs?: readonly string[] },
): Promise<HostResult> {
  const host = startHost(options, how);
  host.process.stdin.end();
  return host.result;
}
