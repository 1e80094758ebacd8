#!/usr/bin/env node
import { runCommand } from './command.js';
import { printable } from './output/printable.js';

/** A reader that has seen enough (`| head`) is no error. */
function endQuietlyOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

process.stdout.on('error', endQuietlyOnBrokenPipe);
process.stderr.on('error', endQuietlyOnBrokenPipe);

process.exitCode = await runCommand({
  args: process.argv.slice(2),
  env: process.env,
  output: {
    print: (text) => process.stdout.write(text),
    say: (line) => process.stderr.write(`grants-otel: ${printable(line)}\n`),
    terminalColumns: process.stdout.isTTY ? process.stdout.columns : undefined,
  },
});
