import type { Statement } from '../database/database.js';
import type { ApplicationStatus } from '../decode/application-status.js';
import type { Change } from './change.js';
import { toJsonb } from './to-jsonb.js';

/** New data of an application, with the status it has from then on. */
export interface ApplicationUpdate {
  readonly chainId: number;
  readonly roundId: string;
  readonly applicationId: string;
  readonly status: ApplicationStatus;
  readonly metadataCid: string;
  readonly metadata: unknown;
  readonly blockNumber: number;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** Statuses that a round's applications have from then on. */
export interface StatusesUpdate {
  readonly chainId: number;
  readonly roundId: string;
  readonly statuses: ReadonlyArray<{ readonly applicationId: string; readonly status: ApplicationStatus }>;
  readonly blockNumber: number;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** An event that failed and is retried does not undo what newer events have written. */
const UPDATE: Statement = {
  name: 'update_application',
  text: `UPDATE applications SET
  status = CASE WHEN status_updated_at_block <= $5 THEN $4::application_status ELSE status END,
  status_snapshots = CASE WHEN status_updated_at_block <= $5 AND status <> $4::application_status
    THEN status_snapshots || jsonb_build_array(jsonb_build_object(
      'status', $4::application_status, 'updatedAtBlock', $5::numeric::text, 'updatedAt', $8::text))
    ELSE status_snapshots END,
  status_updated_at_block = greatest(status_updated_at_block, $5),
  metadata_cid = CASE WHEN metadata_updated_at_block <= $5 THEN $6 ELSE metadata_cid END,
  metadata = CASE WHEN metadata_updated_at_block <= $5 THEN $7::jsonb ELSE metadata END,
  metadata_updated_at_block = greatest(metadata_updated_at_block, $5)
WHERE chain_id = $1 AND round_id = $2 AND id = $3`,
};

/** Statuses of applications that are not there are kept until they are. */
const UPDATE_STATUSES: Statement = {
  name: 'update_application_statuses',
  text: `WITH given AS (
  SELECT id, status FROM unnest($3::text[], $4::application_status[]) AS given (id, status)
), kept AS (
  INSERT INTO pending_application_statuses AS kept (chain_id, round_id, application_id, status, updated_at_block, updated_at)
  SELECT $1::integer, $2::text, given.id, given.status, $5::numeric, $6::text FROM given
  WHERE NOT EXISTS (SELECT FROM applications WHERE chain_id = $1 AND round_id = $2 AND applications.id = given.id)
  ON CONFLICT (chain_id, round_id, application_id) DO UPDATE
  SET status = EXCLUDED.status, updated_at_block = EXCLUDED.updated_at_block, updated_at = EXCLUDED.updated_at
  WHERE kept.updated_at_block <= EXCLUDED.updated_at_block
)
UPDATE applications SET
  status = given.status,
  status_updated_at_block = $5,
  status_snapshots = CASE WHEN applications.status = given.status THEN status_snapshots
    ELSE status_snapshots || jsonb_build_array(jsonb_build_object(
      'status', given.status, 'updatedAtBlock', $5::numeric::text, 'updatedAt', $6::text)) END
FROM given
WHERE chain_id = $1 AND round_id = $2 AND applications.id = given.id AND status_updated_at_block <= $5`,
};

/** Changes an application's document and status. */
export function updateApplication(update: ApplicationUpdate): Change {
  return {
    step: { name: 'UpdateApplication' },
    async apply(transaction) {
      await transaction.query(UPDATE, [
        update.chainId,
        update.roundId,
        update.applicationId,
        update.status,
        update.blockNumber,
        update.metadataCid,
        toJsonb(update.metadata),
        update.timestamp,
      ]);
      return true;
    },
  };
}

/** Changes the status of many applications of a round. */
export function updateApplicationStatuses(update: StatusesUpdate): Change {
  return {
    step: { name: 'UpdateApplicationStatuses' },
    async apply(transaction) {
      await transaction.query(UPDATE_STATUSES, [
        update.chainId,
        update.roundId,
        update.statuses.map(({ applicationId }) => applicationId),
        update.statuses.map(({ status }) => status),
        update.blockNumber,
        update.timestamp,
      ]);
      return true;
    },
  };
}
