-- +goose Up

-- Outcome, request and exchanges stand apart, and the state is bound to the outcome. Package journal
-- moves the rows of the earlier table into the new ones.
ALTER TABLE operations RENAME TO operations_v1;
DROP INDEX operations_exclusive;
DROP INDEX operations_customer;
DROP INDEX operations_open;
DROP INDEX operations_list_provider;
DROP INDEX operations_rare;
DROP INDEX operations_key;
CREATE UNIQUE INDEX operations_v1_key ON operations_v1 (principal, provider, request_id);

DROP INDEX operations_sealed;

-- Times are microseconds since 1970, UTC. States are those of enlist.v1.OperationState: 1 INTENT,
-- 2 SUCCEEDED, 3 FAILED, 4 NOT_SENT, 5 UNKNOWN, 6 NEEDS_PERSON, 7 ERASED. A row does not grow when
-- its creation ends: what comes then goes to exchanges.
CREATE TABLE operations (
  id INTEGER PRIMARY KEY,
  principal TEXT NOT NULL,
  provider TEXT NOT NULL,
  request_id BLOB NOT NULL,
  state INTEGER NOT NULL,
  version INTEGER NOT NULL,
  exclusive BLOB, -- of an open row
  customer BLOB,
  owner TEXT NOT NULL,
  due INTEGER,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  key_id INTEGER NOT NULL,
  held INTEGER NOT NULL, -- whether request and exchanges are still there
  outcome BLOB NOT NULL,
  request BLOB
) STRICT;

-- Each index is paid for by every creation.
CREATE UNIQUE INDEX operations_key ON operations (principal, provider, request_id);

-- The open rows: at most one for each exclusive, FindOpen, Claim of INTENT, and List of INTENT.
CREATE UNIQUE INDEX operations_open ON operations (exclusive) WHERE exclusive IS NOT NULL;

-- FindCustomer.
CREATE INDEX operations_customer ON operations (customer, created) WHERE customer IS NOT NULL;

-- List of all states and of SUCCEEDED, Providers and Purge.
CREATE INDEX operations_list ON operations (principal, provider, held, created DESC, request_id);

-- Claim and Count of UNKNOWN. A creation that succeeds at once does not touch this one and the next.
CREATE INDEX operations_due ON operations (due) WHERE state = 5;

-- List of the other states, and Count of NEEDS_PERSON.
CREATE INDEX operations_rare ON operations (state, principal, provider, created DESC, request_id) WHERE state NOT IN (1, 2);

-- KeyIDs and SealedWith: a walk over the few keys there are, and the rows of each.
CREATE INDEX operations_sealed ON operations (key_id, created, request_id);

-- The exchanges with the vendor, by the id of the row.
CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY,
  payload BLOB NOT NULL
) STRICT;
