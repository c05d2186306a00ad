-- +goose Up

-- A migration takes the time that it needs, also behind a pooler.
SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout');

-- States: 1 INTENT, 2 SUCCEEDED, 3 FAILED, 4 NOT_SENT, 5 UNKNOWN, 6 NEEDS_PERSON. 1 and 5 are open.
-- Names sort by their bytes, as in every other kind of journal.
CREATE TABLE enlist.records (
  request_id uuid NOT NULL,
  version bigint NOT NULL,
  due timestamptz,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  key_id bigint NOT NULL,
  state smallint NOT NULL,
  principal text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL,
  exclusive bytea,
  customer bytea,
  payload bytea NOT NULL,
  -- The request_id first: a row's key then has no beginning in common with an index on what many rows share, and the planner, which
  -- knows nothing of an empty table, cannot take the one for the other.
  PRIMARY KEY (request_id, principal, provider)
) WITH (
  -- A row is replaced once, seconds after it was inserted: the room left on its page takes the second version, so that one page is written
  -- and not two. HOT is out of reach for that write, as the state, which changes with it, is what rows are found by; it does
  -- serve claims, which change owner and version alone.
  fillfactor = 80,
  -- Each create leaves a dead row, and dead entries in the indexes of open rows, which every claim reads past. The default, a fifth of
  -- the table, is a million of them where five million are kept.
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.05
);

-- Ciphertext: nothing to be gained by trying to compress it.
ALTER TABLE enlist.records ALTER COLUMN payload SET STORAGE EXTERNAL;

-- List: a walk over the few providers that a principal has in each state, and the newest of each.
CREATE INDEX records_listed ON enlist.records (state, principal, provider, created DESC, request_id);

-- One open create for a customer.
CREATE UNIQUE INDEX records_exclusive ON enlist.records (exclusive) WHERE state IN (1, 5);

-- FindCustomer.
CREATE INDEX records_customer ON enlist.records (customer, created DESC) WHERE customer IS NOT NULL;

-- Claim and Count of UNKNOWN: a handful of rows, however many are kept.
CREATE INDEX records_open ON enlist.records (state, due) WHERE state IN (1, 5);

-- KeyIDs and SealedWith, and Purge: a walk over the few keys there are, and the oldest of each.
CREATE INDEX records_sealed ON enlist.records (key_id, created);

-- A replica is alive until then. A row is replaced every few seconds, in place.
CREATE TABLE enlist.replicas (
  id text COLLATE "C" PRIMARY KEY,
  alive_until timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE TABLE enlist.secrets (
  name text COLLATE "C" PRIMARY KEY,
  value bytea NOT NULL
);
