import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** A server that a test run started, and that ends with it at the latest. */
export interface ServerProcess {
  readonly pid: number;
  /** The end of what it has written to stderr. */
  log(): string;
  /** Resolves when it is gone, however that came. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** Resolves at the first line with this text; rejects, with the log, if the server ends before. */
  logged(text: string): Promise<void>;
  /** Sends the signal and waits until the server is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** A folder that goes when the test run dies without having ended the server. */
  readonly folder: string;
}

const LOG_CHARACTERS = 16_384;

// Reads a line or the end of its input: the end without a line means that the test run is gone and the server is not.
const WATCHDOG = `
  read -r _ && exit
  kill -INT "$1"
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" || break; sleep 0.5; done
  kill -KILL "$1"
  rm -rf "$2"`;

/** Ends the server, and removes its folder, when this process dies, by whatever death. */
function watchOver(pid: number, folder: string): { release(): void } {
  const watchdog = spawn('sh', ['-c', WATCHDOG, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  (watchdog.stdin as Socket).unref();
  watchdog.stdin.on('error', () => {});
  return { release: () => watchdog.stdin.end('done\n') };
}

function keepLog(child: ChildProcess): { text(): string; onText(listener: () => void): void } {
  let text = '';
  const listeners: (() => void)[] = [];
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-LOG_CHARACTERS);
    for (const listener of listeners) listener();
  });
  return { text: () => text, onText: (listener) => listeners.push(listener) };
}

/** Starts a server in a process group of its own, so that Ctrl-C does not take it away from tests that are still ending. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const log = keepLog(child);
  const { pid = 0 } = child;
  const watchdog = watchOver(pid, options.folder);
  let gone = false;
  void ended.then(() => {
    gone = true;
    watchdog.release();
  });
  return {
    pid,
    log: log.text,
    ended,
    hasEnded: () => gone,
    logged: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (log.text().includes(text)) resolve();
        };
        log.onText(look);
        look();
        void ended.then(() => reject(new Error(`${options.command} ended. Its log:\n${log.text()}`)));
      }),
    end: async (signal) => {
      if (!gone) child.kill(signal);
      await ended;
    },
  };
}
