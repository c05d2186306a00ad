-- +goose Up

-- A migration takes the time that it needs, also behind a pooler.
SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout');

-- Outcome, request and exchanges stand apart, and the state is bound to the outcome. Package journal
-- moves the rows of the earlier table into the new ones. Both have other names than before, so that
-- no statement of the earlier version works any more.
ALTER TABLE enlist.records RENAME TO records_v1;
ALTER INDEX enlist.records_pkey RENAME TO records_v1_pkey;
DROP INDEX enlist.records_listed, enlist.records_exclusive, enlist.records_customer, enlist.records_open, enlist.records_everybody;

-- KeyIDs, until all rows are converted.
ALTER INDEX enlist.records_sealed RENAME TO records_v1_sealed;

-- States: 1 INTENT, 2 SUCCEEDED, 3 FAILED, 4 NOT_SENT, 5 UNKNOWN, 6 NEEDS_PERSON, 7 ERASED. 1 and 5
-- are open. Names sort by their bytes, as in every other kind of journal.
CREATE TABLE enlist.operations (
  request_id uuid NOT NULL,
  version bigint NOT NULL,
  due timestamptz,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  key_id bigint NOT NULL,
  state smallint NOT NULL,
  -- The state, unless it is INTENT or SUCCEEDED. No index has the state itself, so a creation that
  -- succeeds at once changes no index of this table: its second write is a HOT update.
  rare smallint,
  held boolean NOT NULL, -- whether request and exchanges are still there
  principal text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL,
  exclusive bytea, -- of an open row
  customer bytea,
  outcome bytea NOT NULL,
  request bytea,
  -- The request_id first: a row's key then has no beginning in common with an index on what many rows
  -- share, and the planner, which knows nothing of an empty table, cannot take the one for the other.
  PRIMARY KEY (request_id, principal, provider)
) WITH (
  -- The room left on a page takes the second version of its rows.
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.05
);

-- Ciphertext: compression gains nothing.
ALTER TABLE enlist.operations ALTER COLUMN outcome SET STORAGE EXTERNAL, ALTER COLUMN request SET STORAGE EXTERNAL;

-- List of all states and of SUCCEEDED, Providers and Purge.
-- It begins with held for the reason that the primary key begins with request_id.
CREATE INDEX operations_listed ON enlist.operations (held, principal, provider, created DESC, request_id);

-- List of the other states, and Count.
CREATE INDEX operations_rare ON enlist.operations (rare, principal, provider, created DESC, request_id) WHERE rare IS NOT NULL;

-- Claim of UNKNOWN.
CREATE INDEX operations_due ON enlist.operations (due) WHERE rare = 5;

-- KeyIDs and SealedWith: a walk over the few keys there are, and the rows of each.
CREATE INDEX operations_sealed ON enlist.operations (key_id, created, request_id);

-- The open rows: at most one for each exclusive. A row is here for as long as its creation is open.
CREATE TABLE enlist.open (
  exclusive bytea PRIMARY KEY,
  request_id uuid NOT NULL,
  principal text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  intent boolean NOT NULL -- or UNKNOWN
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- What comes with the end of a creation, or with a look-up: the exchanges with the vendor, and the
-- customer.
CREATE TABLE enlist.exchanges (
  request_id uuid NOT NULL,
  created timestamptz NOT NULL, -- of the record
  principal text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  customer bytea,
  payload bytea,
  PRIMARY KEY (request_id, principal, provider)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 10000);
ALTER TABLE enlist.exchanges ALTER COLUMN payload SET STORAGE EXTERNAL;

-- FindCustomer.
CREATE INDEX exchanges_customer ON enlist.exchanges (customer, created DESC) WHERE customer IS NOT NULL;
