-- +goose Up

-- Count of NEEDS_PERSON. Few rows are in it at any time.
CREATE INDEX operations_needs_person ON operations (state) WHERE state = 6;
