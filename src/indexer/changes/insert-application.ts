import type { Address } from '../address.js';
import type { Statement } from '../database/database.js';
import type { Change } from './change.js';
import { toJsonb } from './to-jsonb.js';

/** An application as it is when it is registered: its status is PENDING. */
export interface NewApplication {
  readonly chainId: number;
  readonly roundId: string;
  readonly applicationId: string;
  readonly anchorAddress: Address;
  readonly metadataCid: string;
  readonly metadata: unknown;
  readonly createdByAddress: Address;
  readonly createdAtBlock: number;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** A registration that failed and is retried takes the status that was given to it in the meantime. */
const INSERT: Statement = {
  name: 'insert_application',
  text: `WITH given AS (
  DELETE FROM pending_application_statuses WHERE chain_id = $1 AND round_id = $2 AND application_id = $3
  RETURNING status, updated_at_block, updated_at
), pending AS (
  SELECT jsonb_build_object('status', 'PENDING', 'updatedAtBlock', $8::numeric::text, 'updatedAt', $9::text) AS snapshot
)
INSERT INTO applications (chain_id, round_id, id, anchor_address, status, status_snapshots, status_updated_at_block, metadata_cid,
  metadata, metadata_updated_at_block, created_by_address, created_at_block, tags, "timestamp")
SELECT $1, $2, $3, $4, coalesce(given.status, 'PENDING'),
  CASE WHEN given.status IS NULL OR given.status = 'PENDING' THEN jsonb_build_array(pending.snapshot)
    ELSE jsonb_build_array(pending.snapshot, jsonb_build_object(
      'status', given.status, 'updatedAtBlock', given.updated_at_block::text, 'updatedAt', given.updated_at)) END,
  coalesce(given.updated_at_block, $8), $5, $6, $8, $7, $8, '["allo-v2"]', $9::timestamptz
FROM pending LEFT JOIN given ON true`,
};

/** Stores an application. */
export function insertApplication(application: NewApplication): Change {
  return {
    step: { name: 'InsertApplication' },
    async apply(transaction) {
      await transaction.query(INSERT, [
        application.chainId,
        application.roundId,
        application.applicationId,
        application.anchorAddress,
        application.metadataCid,
        toJsonb(application.metadata),
        application.createdByAddress,
        application.createdAtBlock,
        application.timestamp,
      ]);
      return true;
    },
  };
}
