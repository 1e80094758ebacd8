import { BadEventError } from '../bad-event-error.js';
import { type ApplicationStatus, applicationStatusOf } from './application-status.js';
import { amountParam } from './params.js';

const BITS_PER_APPLICATION = 4n;
const APPLICATIONS_PER_ROW = 64;
const STATUS_MASK = 0xfn;

/** `Strategy.RecipientStatusUpdatedWithFullRow`: the statuses of up to 64 applications. */
export interface StatusRowArgs {
  readonly rowIndex: bigint;
  /** The applications that the row gives a status; slots that are 0, or no status known, are left out. */
  readonly statuses: ReadonlyArray<{ readonly applicationId: string; readonly status: ApplicationStatus }>;
}

/** @throws BadEventError */
export function decodeStatusRow(params: Record<string, unknown>): StatusRowArgs {
  const rowIndex = amountParam(params, 'rowIndex');
  const fullRow = amountParam(params, 'fullRow');
  if (fullRow >> 256n !== 0n)
    throw new BadEventError('BAD_AMOUNT', `params.fullRow: expected at most 256 bits, found ${fullRow}`);
  const statuses: { applicationId: string; status: ApplicationStatus }[] = [];
  for (let slot = 0; slot < APPLICATIONS_PER_ROW; slot++) {
    const status = applicationStatusOf(
      Number((fullRow >> (BITS_PER_APPLICATION * BigInt(slot))) & STATUS_MASK),
    );
    if (status === undefined) continue;
    statuses.push({
      applicationId: (rowIndex * BigInt(APPLICATIONS_PER_ROW) + BigInt(slot)).toString(),
      status,
    });
  }
  return { rowIndex, statuses };
}
