-- +goose Up

-- A migration takes the time that it needs, also behind a pooler.
SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout');

-- The newest row of a group goes to the end of its range, where PostgreSQL fills pages. Lists read
-- the index backwards.
DROP INDEX enlist.operations_listed;
CREATE INDEX operations_listed ON enlist.operations (held, principal, provider, created, request_id DESC);

-- A statement ends many creations, often all on a page. So a page has room for the second version of
-- each of its rows.
ALTER TABLE enlist.operations SET (fillfactor = 55);
