-- +goose Up

-- A migration takes the time that it needs, also behind a pooler.
SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout');

-- List of every principal's: a walk over the few providers there are in each state, and the newest of each.
CREATE INDEX records_everybody ON enlist.records (state, provider, created DESC, request_id);
