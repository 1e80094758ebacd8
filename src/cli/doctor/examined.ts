import type { SetUpReport } from '../../tracing/set-up-report.js';
import type { Ended } from './run-application.js';

/** What there is to look at. */
export interface Examined {
  readonly command: readonly string[];
  readonly ended: Ended;
  /** The process that is the application; undefined where none has reported. */
  readonly application: SetUpReport | undefined;
  /** The other processes that have reported. */
  readonly others: readonly SetUpReport[];
}

/** For people. */
export function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
