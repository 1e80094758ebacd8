import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** Longest wait for an application that was told to end; then it is killed. The last flush of the preload takes at most half of it by default. */
export const END_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

export interface ApplicationOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long it may run. */
  readonly forMs: number;
  /** Ends the run early. */
  readonly interrupted: AbortSignal;
  /** Called when it is told to end. */
  readonly onStop: () => void;
}

/** How an application ended. */
export interface Ended {
  readonly ranMs: number;
  /** It was told to end: its own exit code tells nothing. */
  readonly wasStopped: boolean;
  /** It did not end when it was told to. */
  readonly wasKilled: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Sends a signal to all processes of an application; false where there are none left. */
function signalAll(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Has all processes of an application end, and returns false if they had to be killed. */
async function stop(pid: number): Promise<boolean> {
  if (!signalAll(pid, 'SIGTERM')) return true;
  const deadlineMs = performance.now() + END_TIMEOUT_MS;
  while (signalAll(pid, 0)) {
    if (performance.now() > deadlineMs) {
      signalAll(pid, 'SIGKILL');
      return false;
    }
    await wait(POLL_MS);
  }
  return true;
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}

/**
 * Starts an application and lets it run until it ends, or for a while; then it is told to end, with all that it started. What it prints goes to the
 * error output. Rejects with the error of the system where it cannot be started.
 */
export async function runApplication({
  command,
  env,
  forMs,
  interrupted,
  onStop,
}: ApplicationOptions): Promise<Ended> {
  const [file = '', ...args] = command;
  const startedMs = performance.now();
  const child = spawn(file, args, {
    env: { ...env },
    // A group of its own, so that all that it starts can be ended; which may not read from the terminal.
    detached: process.platform !== 'win32',
    stdio: [process.stdin.isTTY ? 'ignore' : 'inherit', 2, 2],
  });
  const exit = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const pid = await started(child);
  // Whatever ends this command: nothing that it started stays behind.
  const killAll = (): void => void signalAll(pid, 'SIGKILL');
  process.once('exit', killAll);
  const timeIsUp = new AbortController();
  const signal = AbortSignal.any([timeIsUp.signal, interrupted]);
  const time = wait(forMs, undefined, { signal }).catch(() => undefined);
  await Promise.race([exit, time]);
  timeIsUp.abort();
  const wasStopped = child.exitCode === null && child.signalCode === null;
  const ranMs = performance.now() - startedMs;
  if (wasStopped) onStop();
  const hasEnded = await stop(pid);
  await exit;
  process.off('exit', killAll);
  return { ranMs, wasStopped, wasKilled: !hasEnded, code: child.exitCode, signal: child.signalCode };
}
