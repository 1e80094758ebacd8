#!/usr/bin/env node
import { runCommand } from './command.js';
import { printable } from './output/printable.js';
import { EXIT_CODES } from './request.js';

const EXPECTED_NODE = '20.19+, 22.12+ or 24+';

function isOldNode(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major < 24 && !(major === 20 && minor >= 19) && !(major === 22 && minor >= 12);
}

/** The width of a terminal that does not tell its own. */
const UNKNOWN_COLUMNS = 80;

function say(line: string): void {
  process.stderr.write(`grants-otel: ${printable(line)}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let isInterrupted = false;

/** A terminal and npm send theirs twice: what comes so soon after the first signal is the same one. */
const SAME_SIGNAL_MS = 1000;
const EXIT_CODE_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;

function interrupted(): AbortSignal {
  const controller = new AbortController();
  let firstMs: number | undefined;
  controller.signal.addEventListener('abort', () => {
    isInterrupted = true;
  });
  for (const [signal, exitCode] of Object.entries(EXIT_CODE_OF_SIGNAL)) {
    process.on(signal, () => {
      firstMs ??= performance.now();
      if (performance.now() - firstMs > SAME_SIGNAL_MS) process.exit(exitCode);
      controller.abort();
    });
  }
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
  const found = isOldNode()
    ? `expected Node ${EXPECTED_NODE}, found ${process.version}`
    : 'a fault of this command, please report it';
  say(`${found}: ${messageOf(error)}`);
  process.exitCode = EXIT_CODES.failed;
}
