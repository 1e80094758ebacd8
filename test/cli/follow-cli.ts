import { spawn } from 'node:child_process';
import { MAIN } from './run-cli.js';

/** A command that goes on until it is ended. */
export interface RunningCli {
  /** Resolves once what it wrote on its output, or says on its error output, contains a text. */
  until(stream: 'stdout' | 'stderr', text: string): Promise<void>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Sends a signal, and resolves with how it ended. */
  end(signal: NodeJS.Signals): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the built command. Whoever starts it has to end it. */
export function startCli(args: readonly string[]): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'] } });
  child.stdin.end();
  const written = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  return {
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    until: (stream, text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!written[stream].includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        void ended.then(() => reject(new Error(`ended before ${text}: ${written.stdout}${written.stderr}`)));
        look();
      }),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
