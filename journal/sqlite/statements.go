package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// columns lists the columns of a row, in the order of scan.
const columns = `principal, provider, request_id, state, version, exclusive, customer, owner, due, created, updated, key_id, outcome, request,
    (SELECT payload FROM exchanges WHERE exchanges.id = operations.id)`

// SQLite uses a partial index only for a statement that repeats the index's condition word by word.
// Hence "state NOT IN (1, 2) AND state = 6".
const (
	byKey = ` principal = ?1 AND provider = ?2 AND request_id = ?3`

	sqlGet = `SELECT ` + columns + ` FROM operations WHERE` + byKey

	sqlFindOpen = `SELECT ` + columns + ` FROM operations WHERE exclusive IS NOT NULL AND exclusive = ?1`

	sqlFindCustomer = `SELECT ` + columns + ` FROM operations WHERE customer IS NOT NULL AND customer = ?1 ORDER BY created DESC LIMIT ?2`

	// The open rows are few.
	sqlOwned = `SELECT ` + columns + ` FROM operations INDEXED BY operations_open WHERE exclusive IS NOT NULL AND owner = ?1 LIMIT ?2`

	sqlCountIntent = `SELECT count(*) FROM (SELECT 1 FROM operations INDEXED BY operations_open
    WHERE exclusive IS NOT NULL AND state = 1 AND updated <= ?2 LIMIT ?1)`

	sqlCountUnknown = `SELECT count(*) FROM (SELECT 1 FROM operations INDEXED BY operations_due WHERE state = 5 AND updated <= ?2 LIMIT ?1)`

	sqlCountNeedsPerson = `SELECT count(*) FROM (SELECT 1 FROM operations WHERE state NOT IN (1, 2) AND state = 6 AND updated <= ?2 LIMIT ?1)`

	// A key counts as long as a row has it. The first key seals the newest rows, and other keys the
	// oldest, so this reads few rows unless no row has a key any more.
	isUsed = `(keys.id = (SELECT key_id FROM operations WHERE id = (SELECT max(id) FROM operations))
    OR EXISTS (SELECT 1 FROM operations WHERE id > 0 AND key_id = keys.id))`

	sqlKeyIDs = `SELECT id FROM keys WHERE ` + isUsed

	sqlForgetKeys = `DELETE FROM keys WHERE (SELECT count(*) FROM keys) > 1 AND NOT ` + isUsed

	sqlAddKey = `INSERT INTO keys (id) VALUES (?1) ON CONFLICT DO NOTHING`

	// Only a change of keys needs these rows, and it then has to read almost all.
	sqlSealedWith = `SELECT ` + columns + ` FROM operations
    WHERE id > coalesce((SELECT last.id FROM operations AS last WHERE last.principal = ?2 AND last.provider = ?3 AND last.request_id = ?4), 0)
      AND key_id = ?1 ORDER BY id LIMIT ?5`

	sqlKept = `SELECT value FROM secrets WHERE name = ?1`

	sqlInsert = `INSERT INTO operations (principal, provider, request_id, state, version, exclusive, customer, owner, created, updated, key_id, held,
    outcome, request)
    VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?8, ?9, 1, ?10, ?11) ON CONFLICT DO NOTHING`

	sqlVersion = `SELECT id, key_id FROM operations WHERE` + byKey + ` AND version = ?4`

	// RETURNING would cost a temporary table for each update.
	sqlUpdate = `UPDATE operations
    SET state = ?2, version = version + 1, exclusive = ?3, customer = ?4, owner = ?5, due = ?6, updated = ?7, outcome = ?8 WHERE id = ?1`

	// Few updates change the request or the key. So the one above leaves their indexes alone.
	sqlSetRequest = `UPDATE operations SET request = ?2, held = 1 WHERE id = ?1`

	sqlSetKey = `UPDATE operations SET key_id = ?2 WHERE id = ?1`

	sqlSetExchanges = `INSERT INTO exchanges (id, payload) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET payload = excluded.payload`

	sqlErase = `UPDATE operations
    SET state = ?5, version = version + 1, exclusive = ?6, customer = ?7, owner = ?8, due = NULL, key_id = ?9, held = 0, outcome = ?10, request = NULL
    WHERE` + byKey + ` AND version = ?4 RETURNING id`

	sqlReseal = `UPDATE operations SET key_id = ?5, outcome = ?6, request = ?7 WHERE` + byKey + ` AND version = ?4 RETURNING id`

	// Only at the start can an INTENT belong to another replica, so ?5 says whether to look. The other
	// two are ranges of one index. The second holds due times beyond the limit. Rows got those before
	// the clock was set back.
	sqlClaim = `UPDATE operations SET owner = ?1, version = version + 1, updated = ?2 WHERE id IN (
    SELECT id FROM (SELECT id FROM operations INDEXED BY operations_open WHERE ?5 AND exclusive IS NOT NULL AND state = 1 AND owner <> ?1 LIMIT ?4)
    UNION ALL
    SELECT id FROM (SELECT id FROM operations INDEXED BY operations_due WHERE state = 5 AND due <= ?2 AND owner <> ?1 ORDER BY due LIMIT ?4)
    UNION ALL
    SELECT id FROM (SELECT id FROM operations INDEXED BY operations_due WHERE state = 5 AND due > ?3 AND owner <> ?1 LIMIT ?4)
    LIMIT ?4)
    RETURNING ` + columns

	sqlTake = `UPDATE operations SET owner = ?5, version = version + 1, updated = ?6
    WHERE` + byKey + ` AND version = ?4 AND state IN (1, 5) RETURNING ` + columns

	sqlProviders = `WITH RECURSIVE` + withPairs + ` SELECT DISTINCT at FROM pairs`

	// The oldest rows of each principal at provider ?1 whose payload is held. The few that must stay
	// are skipped.
	sqlDrop = `WITH RECURSIVE` + withPairs + `
  UPDATE operations SET held = 0, request = NULL, version = version + 1 WHERE id IN (
    SELECT oldest.id FROM pairs CROSS JOIN operations AS oldest ON oldest.id IN (
      SELECT id FROM operations INDEXED BY operations_list
      WHERE principal = pairs.whose AND provider = ?1 AND held = 1 AND created < ?2 AND updated < ?2 AND state IN (2, 3, 4) ORDER BY created LIMIT ?3)
    WHERE pairs.at = ?1 ORDER BY oldest.created LIMIT ?3) RETURNING id`

	sqlPurge = `WITH RECURSIVE` + withPairs + `, payload (held) AS (VALUES (0), (1))
  DELETE FROM operations WHERE id IN (
    SELECT oldest.id FROM pairs CROSS JOIN payload CROSS JOIN operations AS oldest ON oldest.id IN (
      SELECT id FROM operations INDEXED BY operations_list
      WHERE principal = pairs.whose AND provider = ?1 AND held = payload.held AND created < ?2 AND updated < ?2 AND state IN (2, 3, 4, 7)
      ORDER BY created LIMIT ?3)
    WHERE pairs.at = ?1 ORDER BY oldest.created LIMIT ?3) RETURNING id`

	sqlDeleteExchanges = `DELETE FROM exchanges WHERE id = ?1`

	sqlKeep = `INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING`

	sqlOverwrite = `INSERT OR REPLACE INTO secrets (name, value) VALUES (?1, ?2)`

	sqlReplace = `UPDATE secrets SET value = ?3 WHERE name = ?1 AND value = ?2`
)

// statement holds the text of a prepared statement, and where to store the statement.
type statement struct {
	at   **sql.Stmt
	text string
}

// readStatements holds the statements of the connections that read.
type readStatements struct {
	get, owned, findOpen, findCustomer, countIntent, countUnknown, countNeedsPerson, providers, keyIDs, sealedWith, secret *sql.Stmt
	list                                                                                                                   [len(listTexts)]*sql.Stmt
}

func (s *readStatements) all() []statement {
	all := []statement{
		{&s.get, sqlGet},
		{&s.owned, sqlOwned},
		{&s.findOpen, sqlFindOpen},
		{&s.findCustomer, sqlFindCustomer},
		{&s.countIntent, sqlCountIntent},
		{&s.countUnknown, sqlCountUnknown},
		{&s.countNeedsPerson, sqlCountNeedsPerson},
		{&s.providers, sqlProviders},
		{&s.keyIDs, sqlKeyIDs},
		{&s.sealedWith, sqlSealedWith},
		{&s.secret, sqlKept},
	}
	for i := range s.list {
		all = append(all, statement{&s.list[i], listTexts[i]})
	}
	return all
}

// writeStatements holds the statements of the connection that writes.
type writeStatements struct {
	begin, commit, rollback                                   *sql.Stmt
	insert, version, update, setRequest, setKey, setExchanges *sql.Stmt
	reseal, claim, take                                       *sql.Stmt
	drop, purge, deleteExchanges, erase                       *sql.Stmt
	addSecret, replaceSecret, addKey                          *sql.Stmt
	get, findOpen, secret                                     *sql.Stmt
}

func (s *writeStatements) all() []statement {
	return []statement{
		{&s.begin, "BEGIN IMMEDIATE"},
		{&s.commit, "COMMIT"},
		{&s.rollback, "ROLLBACK"},
		{&s.insert, sqlInsert},
		{&s.version, sqlVersion},
		{&s.update, sqlUpdate},
		{&s.setRequest, sqlSetRequest},
		{&s.setKey, sqlSetKey},
		{&s.setExchanges, sqlSetExchanges},
		{&s.reseal, sqlReseal},
		{&s.claim, sqlClaim},
		{&s.take, sqlTake},
		{&s.drop, sqlDrop},
		{&s.purge, sqlPurge},
		{&s.deleteExchanges, sqlDeleteExchanges},
		{&s.erase, sqlErase},
		{&s.addSecret, sqlKeep},
		{&s.replaceSecret, sqlReplace},
		{&s.addKey, sqlAddKey},
		{&s.get, sqlGet},
		{&s.findOpen, sqlFindOpen},
		{&s.secret, sqlKept},
	}
}

func (s *readStatements) prepare(ctx context.Context, db *sql.DB) error {
	return prepare(ctx, db, s.all())
}

func (s *writeStatements) prepare(ctx context.Context, conn *sql.Conn) error {
	return prepare(ctx, conn, s.all())
}

func (s *readStatements) close() error { return closeAll(s.all()) }

func (s *writeStatements) close() error { return closeAll(s.all()) }

func prepare(ctx context.Context, on interface {
	PrepareContext(context.Context, string) (*sql.Stmt, error)
}, all []statement,
) error {
	for _, one := range all {
		stmt, err := on.PrepareContext(ctx, one.text)
		if err != nil {
			return fmt.Errorf("preparing %q: %w", one.text, err)
		}
		*one.at = stmt
	}
	return nil
}

func closeAll(all []statement) error {
	var errs []error
	for _, one := range all {
		if *one.at != nil {
			errs = append(errs, (*one.at).Close())
		}
	}
	return errors.Join(errs...)
}
