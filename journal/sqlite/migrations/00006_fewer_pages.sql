-- +goose Up

-- Each index is paid for by every creation: a commit writes each page that it touches.

-- The newest row of a group goes to the end of its range, where SQLite fills pages. Lists read the
-- index backwards.
DROP INDEX operations_list;
CREATE INDEX operations_list ON operations (principal, provider, held, created, request_id DESC);

-- The keys that seal rows, or have sealed some. Only a change of keys reads the rows to find those
-- of one.
DROP INDEX operations_sealed;
CREATE TABLE keys (id INTEGER PRIMARY KEY) STRICT;
INSERT INTO keys SELECT DISTINCT key_id FROM operations;
