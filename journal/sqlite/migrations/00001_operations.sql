-- +goose Up

-- Times are microseconds since 1970, UTC. States are those of enlist.v1.OperationState: 1 INTENT, 2 SUCCEEDED, 3 FAILED, 4 NOT_SENT,
-- 5 UNKNOWN, 6 NEEDS_PERSON.
CREATE TABLE operations (
  id INTEGER PRIMARY KEY,
  principal TEXT NOT NULL,
  provider TEXT NOT NULL,
  request_id BLOB NOT NULL,
  state INTEGER NOT NULL,
  version INTEGER NOT NULL,
  exclusive BLOB,
  customer BLOB,
  owner TEXT NOT NULL,
  due INTEGER,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  key_id INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX operations_key ON operations (principal, provider, request_id);

-- At most one open row for each, and FindOpen.
CREATE UNIQUE INDEX operations_exclusive ON operations (exclusive) WHERE exclusive IS NOT NULL AND state IN (1, 5);

-- FindCustomer.
CREATE INDEX operations_customer ON operations (customer, created) WHERE customer IS NOT NULL;

-- Claim and Count of UNKNOWN, and List of INTENT. Rows are in it only while they are open: it stays small.
CREATE INDEX operations_open ON operations (state, due, owner) WHERE state IN (1, 5);

-- List. A state other than INTENT and SUCCEEDED is rare, so that the common way of a create touches neither of the last two.
CREATE INDEX operations_list ON operations (principal, created DESC, provider, request_id);
CREATE INDEX operations_list_provider ON operations (principal, provider, created DESC, request_id);
CREATE INDEX operations_list_state ON operations (principal, state, created DESC, provider, request_id) WHERE state NOT IN (1, 2);
CREATE INDEX operations_list_provider_state ON operations (principal, provider, state, created DESC, request_id) WHERE state NOT IN (1, 2);

-- Purge.
CREATE INDEX operations_ended ON operations (created) WHERE state IN (2, 3, 4);

-- KeyIDs and SealedWith.
CREATE INDEX operations_sealed ON operations (key_id);

CREATE TABLE secrets (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
