import type { OptionName } from './options.js';
import type { Request } from './request.js';

/** One question that can be asked of the traces. */
export interface Question {
  /** One line for the list of questions. */
  readonly summary: string;
  /** The options that it takes, beside `--help` and `--version`. */
  readonly options: readonly OptionName[];
  /** More lines for the help of this question. */
  readonly details: string;
  /** Answers it, and returns the exit code. What it needs is loaded only now. */
  readonly answer: (request: Request) => Promise<number>;
}

/** Every question, in the order of the help. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  slow: {
    summary: 'slow events, slowest first, each with the span that made it slow',
    options: ['chain', 'round', 'application', 'since', 'limit', 'service', 'json'],
    details: `An event is slow when its span took at least GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS, or the threshold of
its own name. Its cause is the span of its trace with the largest self time; the share is that self
time's part of the event's duration.

With --json, each object has: when (ISO 8601, UTC), event, chainId, roundId, applicationId, durationMs,
thresholdMs, cause, causeMs, causeSharePercent, traceId, traceUrl. chainId and what ends in Ms or
Percent is a number, all else a string. What is not known is null; so is traceUrl for a trace file.`,
    answer: async (request) => (await import('./questions/slow.js')).answerSlow(request),
  },
};
