import type { CliConfig } from './config.js';
import type { OptionValues } from './options.js';

/** Where the command writes. */
export interface Output {
  /** Writes an answer, as it is. */
  readonly print: (text: string) => void;
  /** What the answer is written to: its width in characters, or undefined where it is no terminal. */
  readonly terminalColumns: number | undefined;
  /** Says one line on the error output, after `grants-otel: `. */
  readonly say: (line: string) => void;
}

/** A question as it was asked, with nothing left to check. */
export interface Request {
  /** Files and addresses, none twice; empty for the default. */
  readonly sources: readonly string[];
  readonly options: OptionValues;
  readonly config: CliConfig;
  readonly output: Output;
}

/** What the command ends with. */
export const EXIT_CODES = {
  found: 0,
  nothingFound: 1,
  wrongUsage: 2,
  sourceFailed: 3,
  /** The answer could not be written, or the command itself is at fault. */
  failed: 70,
} as const;
