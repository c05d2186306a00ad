-- +goose Up

-- List of every principal's.
CREATE INDEX operations_everybody ON operations (created DESC, provider, request_id);
CREATE INDEX operations_everybody_provider ON operations (provider, created DESC, request_id);
CREATE INDEX operations_everybody_state ON operations (state, created DESC, provider, request_id) WHERE state NOT IN (1, 2);
CREATE INDEX operations_everybody_provider_state ON operations (provider, state, created DESC, request_id) WHERE state NOT IN (1, 2);
