/** Why an event could not be taken; kept with it in `failed_events`. */
export type BadEventCode =
  | 'BAD_JSON'
  | 'BAD_FIELD'
  | 'BAD_ADDRESS'
  | 'BAD_AMOUNT'
  | 'BAD_ABI'
  | 'BAD_DOCUMENT'
  | 'UNKNOWN_ROUND'
  | 'UNKNOWN_APPLICATION'
  | 'UNKNOWN_TOKEN'
  | 'MISSING_PRICE'
  | 'MISSING_DOCUMENT'
  | 'LATE_EVENT';

/** One event is at fault, not the indexer: it is reported and kept, and the run goes on. */
export class BadEventError extends Error {
  readonly code: BadEventCode;

  constructor(code: BadEventCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadEventError';
    this.code = code;
  }
}
