import type { Cursors } from '../database/cursors.js';
import type { Database } from '../database/database.js';
import type { DatabaseRetry } from '../database/database-retry.js';
import type { HandlerContext } from '../handlers/handler-context.js';
import type { Tally } from './report.js';

/** What the parts of one run share. */
export interface RunContext {
  readonly database: Database;
  readonly retry: DatabaseRetry;
  readonly handlers: HandlerContext;
  readonly cursors: Cursors;
  readonly tally: Tally;
  /** Told, in one line, of each thing that could not be taken. */
  readonly onFailure: (line: string) => void;
}
