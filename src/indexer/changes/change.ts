import type { Step, StepOptions } from '../../index.js';
import type { Transaction } from '../database/database.js';

/** One write of an event. What an event changes is decided first, and then written in one transaction. */
export interface Change {
  /** The step it is traced as. */
  readonly step: StepOptions;
  /** Writes it. False: what was to be inserted is there, so another process has taken the event. */
  apply(transaction: Transaction, step: Step): Promise<boolean>;
}
