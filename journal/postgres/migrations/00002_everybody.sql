-- +goose Up

-- List of every principal's: a walk over the few providers there are in each state, and the newest of each.
CREATE INDEX records_everybody ON enlist.records (state, provider, created DESC, request_id);
