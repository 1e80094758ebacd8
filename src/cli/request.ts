import type { Progress } from '../traces/trace-source.js';
import type { CliConfig } from './config.js';
import type { OptionValues } from './options.js';

/** Shows how far reading is. */
export interface ProgressDisplay {
  readonly show: (progress: Progress) => void;
  /** Takes it away for a line to be said; it comes back by itself. */
  readonly clear: () => void;
  readonly end: () => void;
}

/** Where the command writes. */
export interface Output {
  /** Writes an answer, as it is. */
  readonly print: (text: string) => void;
  /** What the answer is written to: its width in characters, or undefined where it is no terminal. */
  readonly terminalColumns: number | undefined;
  /** Says one line on the error output, after `grants-otel: `. */
  readonly say: (line: string) => void;
  /** Shows progress with a source, where the error output is a terminal. */
  readonly startProgress?: ((label: string) => Promise<ProgressDisplay>) | undefined;
  /** Aborts when the command is interrupted; the default is then left aside. */
  readonly interrupted: () => AbortSignal;
}

/** A question as it was asked, with nothing left to check. */
export interface Request {
  /** Files and addresses, none twice; empty for the default. */
  readonly sources: readonly string[];
  /** 32 hex digits, of a question that asks for a trace. */
  readonly traceId: string | undefined;
  /** What stands behind `--`, of a question that asks for a command; else empty. */
  readonly command: readonly string[];
  readonly options: OptionValues;
  readonly config: CliConfig;
  /** The variables themselves, for the question about them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
}

export type Format = 'table' | 'json' | 'csv';

/** The format that was asked for. */
export function formatOf({ json, format }: OptionValues): Format {
  return json ? 'json' : (format ?? 'table');
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

/** What a question ends with that has read its sources. */
export function exitCodeOf({ failedCount, found }: { failedCount: number; found: boolean }): number {
  if (failedCount > 0) return EXIT_CODES.sourceFailed;
  return found ? EXIT_CODES.found : EXIT_CODES.nothingFound;
}
