import { clearTimeout, setTimeout } from 'node:timers';
import { EVENT_IDS } from '../src/tracing/attributes.js';

export interface SlowEvent {
  readonly name: string;
  readonly durationMs: number;
  readonly thresholdMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly cause: string;
  readonly causeMs: number;
  readonly traceId: string;
}

export interface SlowEventLog {
  slowEvent(event: SlowEvent): void;
  /** Says how many lines were left out, if any were and it has not been said. */
  close(): void;
}

const MOST_PER_SECOND = 10;

/** One line for each slow event, in logfmt, at most ten a second; then one that says how many were left out. */
export function createSlowEventLog(write: (line: string) => void): SlowEventLog {
  let shown = 0;
  let leftOut = 0;
  let timer: NodeJS.Timeout | undefined;

  const nextSecond = (): void => {
    timer = undefined;
    if (leftOut > 0) write(`slow events left out=${leftOut} most=${MOST_PER_SECOND}/s`);
    shown = 0;
    leftOut = 0;
  };

  return {
    slowEvent(event) {
      timer ??= setTimeout(nextSecond, 1000).unref();
      if (shown >= MOST_PER_SECOND) {
        leftOut++;
        return;
      }
      shown++;
      write(toLogfmt(event));
    },
    close() {
      clearTimeout(timer);
      nextSecond();
    },
  };
}

function toLogfmt(event: SlowEvent): string {
  const ids = EVENT_IDS.filter((id) => event.attributes[id] !== undefined).map(
    (id) => [id, event.attributes[id]] as const,
  );
  const pairs: (readonly [string, unknown])[] = [
    ['ms', Math.round(event.durationMs)],
    ['threshold', event.thresholdMs],
    ...ids,
    ['cause', event.cause],
    ['causeMs', event.causeMs],
    ['traceId', event.traceId],
  ];
  return `slow ${logfmtValue(event.name)} ${pairs.map(([key, value]) => `${key}=${logfmtValue(String(value))}`).join(' ')}`;
}

function logfmtValue(text: string): string {
  return /^[^\s"=\\]+$/.test(text) ? text : JSON.stringify(text);
}
