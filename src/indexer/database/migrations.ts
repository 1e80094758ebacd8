/** The schema, step by step: the first element is version 1. A step that was released is never changed; a new one is added. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TYPE application_status AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'CANCELLED', 'IN_REVIEW');

  CREATE TABLE rounds (
    id text NOT NULL,
    chain_id integer NOT NULL,
    tags jsonb NOT NULL,
    match_amount decimal(78,0) NOT NULL,
    match_token_address text NOT NULL,
    funded_amount decimal(78,0) NOT NULL,
    application_metadata_cid text NOT NULL,
    application_metadata jsonb NOT NULL,
    round_metadata_cid text NOT NULL,
    round_metadata jsonb,
    created_by_address text,
    created_at_block decimal(78,0) NOT NULL,
    updated_at_block decimal(78,0) NOT NULL,
    strategy_address text NOT NULL,
    project_id text NOT NULL,
    "timestamp" timestamptz NOT NULL,
    total_amount_donated_in_usd numeric NOT NULL DEFAULT 0,
    total_donations_count integer NOT NULL DEFAULT 0,
    unique_donors_count integer NOT NULL DEFAULT 0,
    CONSTRAINT rounds_pkey PRIMARY KEY (chain_id, id),
    CONSTRAINT rounds_strategy_key UNIQUE (chain_id, strategy_address)
  ) WITH (fillfactor = 50);

  CREATE TABLE applications (
    id text NOT NULL,
    chain_id integer NOT NULL,
    round_id text NOT NULL,
    anchor_address text NOT NULL,
    status application_status NOT NULL,
    status_snapshots jsonb NOT NULL,
    status_updated_at_block decimal(78,0) NOT NULL,
    metadata_cid text NOT NULL,
    metadata jsonb,
    metadata_updated_at_block decimal(78,0) NOT NULL,
    created_by_address text NOT NULL,
    created_at_block decimal(78,0) NOT NULL,
    tags jsonb NOT NULL,
    "timestamp" timestamptz NOT NULL,
    total_amount_donated_in_usd numeric NOT NULL DEFAULT 0,
    total_donations_count integer NOT NULL DEFAULT 0,
    unique_donors_count integer NOT NULL DEFAULT 0,
    CONSTRAINT applications_pkey PRIMARY KEY (chain_id, round_id, id),
    CONSTRAINT applications_anchor_key UNIQUE (chain_id, round_id, anchor_address),
    CONSTRAINT applications_rounds_fkey FOREIGN KEY (chain_id, round_id) REFERENCES rounds (chain_id, id)
  ) WITH (fillfactor = 50);

  -- Statuses given to applications that are not there (yet): one whose registration failed takes its own when it is retried.
  CREATE TABLE pending_application_statuses (
    chain_id integer NOT NULL,
    round_id text NOT NULL,
    application_id text NOT NULL,
    status application_status NOT NULL,
    updated_at_block decimal(78,0) NOT NULL,
    updated_at text NOT NULL,
    CONSTRAINT pending_application_statuses_pkey PRIMARY KEY (chain_id, round_id, application_id)
  );

  CREATE TABLE donations (
    id text NOT NULL,
    chain_id integer NOT NULL,
    round_id text NOT NULL,
    application_id text NOT NULL,
    donor_address text NOT NULL,
    recipient_address text NOT NULL,
    transaction_hash text NOT NULL,
    block_number decimal(78,0) NOT NULL,
    token_address text NOT NULL,
    "timestamp" timestamptz NOT NULL,
    amount decimal(78,0) NOT NULL,
    amount_in_usd numeric NOT NULL,
    amount_in_round_match_token decimal(78,0) NOT NULL,
    CONSTRAINT donations_pkey PRIMARY KEY (chain_id, id),
    CONSTRAINT donations_applications_fkey FOREIGN KEY (chain_id, round_id, application_id)
      REFERENCES applications (chain_id, round_id, id)
  );
  CREATE INDEX idx_donations_chain_round_app ON donations (chain_id, round_id, application_id);

  CREATE TABLE round_donors (
    chain_id integer NOT NULL,
    round_id text NOT NULL,
    donor_address text NOT NULL,
    CONSTRAINT round_donors_pkey PRIMARY KEY (chain_id, round_id, donor_address)
  );

  CREATE TABLE application_donors (
    chain_id integer NOT NULL,
    round_id text NOT NULL,
    application_id text NOT NULL,
    donor_address text NOT NULL,
    CONSTRAINT application_donors_pkey PRIMARY KEY (chain_id, round_id, application_id, donor_address)
  );

  CREATE TABLE processed_events (
    chain_id integer NOT NULL,
    block_number bigint NOT NULL,
    log_index integer NOT NULL,
    CONSTRAINT processed_events_pkey PRIMARY KEY (chain_id, block_number, log_index)
  );

  -- One row a chain: the last event that was taken in hand.
  CREATE TABLE events_registry (
    chain_id integer NOT NULL,
    block_number bigint NOT NULL,
    block_timestamp bigint NOT NULL,
    log_index integer NOT NULL,
    CONSTRAINT events_registry_pkey PRIMARY KEY (chain_id)
  );

  CREATE TABLE failed_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    identity text NOT NULL,
    chain_id integer,
    block_number bigint,
    log_index integer,
    position text NOT NULL,
    code text NOT NULL,
    reason text NOT NULL,
    payload text NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    first_failed_at timestamptz NOT NULL DEFAULT now(),
    last_failed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT failed_events_pkey PRIMARY KEY (id),
    CONSTRAINT failed_events_identity_key UNIQUE (identity)
  );

  CREATE TABLE prices (
    token_code text NOT NULL,
    timestamp_ms bigint NOT NULL,
    price_usd numeric NOT NULL,
    CONSTRAINT prices_pkey PRIMARY KEY (token_code, timestamp_ms)
  );
  `,
];
