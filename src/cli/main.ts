#!/usr/bin/env node
import { runCommand } from './command.js';
import { printable } from './output/printable.js';
import { EXIT_CODES } from './request.js';

/** The width of a terminal that does not tell its own. */
const UNKNOWN_COLUMNS = 80;

function say(line: string): void {
  process.stderr.write(`grants-otel: ${printable(line)}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let isInterrupted = false;

function interrupted(): AbortSignal {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', () => {
    isInterrupted = true;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no error.
  if (error.code === 'EPIPE') process.exit();
  say(`the answer cannot be written: ${error.message}`);
  process.exit(EXIT_CODES.failed);
});
process.stderr.on('error', () => process.exit());

try {
  process.exitCode = await runCommand({
    args: process.argv.slice(2),
    env: process.env,
    output: {
      print: (text) => process.stdout.write(text),
      say,
      terminalColumns: process.stdout.isTTY ? process.stdout.columns || UNKNOWN_COLUMNS : undefined,
      startProgress: process.stderr.isTTY
        ? async (label) => (await import('./progress.js')).createProgressDisplay(process.stderr, label)
        : undefined,
      interrupted,
    },
  });
  // A request that is under way is not waited for.
  if (isInterrupted) process.stdout.write('', () => process.exit());
} catch (error) {
  say(`a fault of this command, please report it: ${messageOf(error)}`);
  process.exitCode = EXIT_CODES.failed;
}
