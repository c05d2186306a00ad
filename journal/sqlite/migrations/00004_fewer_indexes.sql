-- +goose Up

-- Each index is paid for by every create. A list is merged from those of each pair of principal and provider, which one index serves
-- whoever asks; see list.go.
DROP INDEX operations_list;
DROP INDEX operations_list_state;
DROP INDEX operations_list_provider_state;
DROP INDEX operations_needs_person;
DROP INDEX operations_everybody;
DROP INDEX operations_everybody_provider;
DROP INDEX operations_everybody_state;
DROP INDEX operations_everybody_provider_state;
DROP INDEX operations_ended;
DROP INDEX operations_sealed;
-- operations_list_provider stays, and lists all states and SUCCEEDED.

-- List of the other states, and Count of NEEDS_PERSON: they are rare, so that the common way of a create does not touch it.
CREATE INDEX operations_rare ON operations (state, principal, provider, created DESC, request_id) WHERE state NOT IN (1, 2);

-- KeyIDs and SealedWith, and Purge: a walk over the few keys there are, and the oldest of each.
CREATE INDEX operations_sealed ON operations (key_id, created);
