import { writeSync } from 'node:fs';
import { type DiagLogger, DiagLogLevel } from '@opentelemetry/api';
import { UNSAFE } from '../src/tracing/unsafe-characters.js';

/** How much of what we say is let through; the standard variable `OTEL_LOG_LEVEL`, `warn` where it is unset. */
export interface Log {
  /** Something went wrong with the tracing itself. */
  error(line: string): void;
  /** A slow event, or a setting that was not understood. */
  warn(line: string): void;
  debug(line: string): void;
  /** What the SDK says of itself, on the same way out. */
  readonly sdk: { readonly logger: DiagLogger; readonly level: DiagLogLevel };
}

const LEVELS: Readonly<Record<string, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** The level that a text names, or undefined where it names none. */
export function parseLogLevel(text: string): DiagLogLevel | undefined {
  return LEVELS[text.trim().toLowerCase()];
}

/**
 * Writes one line on the host's stderr, past `process.stderr`, which the host may have replaced. Whatever stands in the way of it is
 * left at that: a line of ours is never the host's problem.
 */
function writeLine(text: string): void {
  const line = text.replace(UNSAFE, ' ').trim();
  try {
    writeSync(2, `grants-otel: ${line}\n`);
  } catch {
    // A closed or full stderr.
  }
}

function textOf(message: string, args: unknown[]): string {
  return [message, ...args]
    .map((part) => (part instanceof Error ? part.message : typeof part === 'string' ? part : safeJson(part)))
    .join(' ');
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

const MOST_KINDS = 100;

/** Tells texts that differ in ids and numbers only from new ones: an application that ends its spans twice does so with every event. */
function firstOfItsKind(): (text: string) => boolean {
  const kinds = new Set<string>();
  return (text) => {
    const kind = text.replace(/[0-9a-f]{16,}|\d+/g, '#');
    if (kinds.has(kind) || kinds.size >= MOST_KINDS) return false;
    kinds.add(kind);
    return true;
  };
}

/**
 * The lines of the preload. `level` is what OTEL_LOG_LEVEL asks for; without it our own warnings are shown, and of the SDK's messages
 * only errors, each kind once.
 */
export function createLog(level: DiagLogLevel | undefined): Log {
  const own = level ?? DiagLogLevel.WARN;
  const at =
    (least: DiagLogLevel) =>
    (line: string): void => {
      if (own >= least) writeLine(line);
    };
  const sdk = (message: string, ...args: unknown[]): void => writeLine(textOf(message, args));
  const isNew = firstOfItsKind();
  const sdkError = (message: string, ...args: unknown[]): void => {
    const text = textOf(message, args);
    // Whoever registers an SDK beside ours is told in other words.
    if (text.includes('duplicate registration of API')) return;
    if (level !== undefined || isNew(text)) writeLine(text);
  };
  return {
    error: at(DiagLogLevel.ERROR),
    warn: at(DiagLogLevel.WARN),
    debug: at(DiagLogLevel.DEBUG),
    sdk: {
      logger: { error: sdkError, warn: sdk, info: sdk, debug: sdk, verbose: sdk },
      level: level ?? DiagLogLevel.ERROR,
    },
  };
}
