import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The root of the project: where `--require ./instrumentation` is meant to be run. */
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Added to an environment without `OTEL_*`, `GRANTS_OTEL_*`, `NODE_OPTIONS`, `DATABASE_URL` and `CI`. */
  readonly env?: Readonly<Record<string, string>>;
  /** The project's root unless given. */
  readonly cwd?: string;
  /** Written, and the child's stdin then ended, at once or when the promise resolves. */
  readonly stdin?: string | Promise<string>;
  /** The Node to run, unless it is this very one. */
  readonly node?: string;
  /** Called with the child once it was started; to act on it when something else happens. */
  readonly onStart?: (child: { kill(signal: NodeJS.Signals): void }) => void;
  /** Called with what has come on stdout so far; to act on a running child. */
  readonly onStdout?: (text: string, child: { kill(signal: NodeJS.Signals): void }) => void;
  /** The same of stderr. */
  readonly onStderr?: (text: string, child: { kill(signal: NodeJS.Signals): void }) => void;
}

function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(OTEL_|GRANTS_OTEL_|NODE_OPTIONS$|NODE_V8_COVERAGE$|DATABASE_URL$|CI$|VITEST|TEST$)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

/** Runs a Node with arguments as a child process, and resolves when it has ended and its output is all there. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(options.node ?? process.execPath, args, {
    cwd: options.cwd ?? PROJECT,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onStdout?.(stdout, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, child);
  });
  child.stdin.on('error', () => {});
  void Promise.resolve(options.stdin ?? '').then((text) => child.stdin.end(text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
