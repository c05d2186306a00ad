package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// columns lists the columns of a row, in the order of scan.
const columns = `principal, provider, request_id, state, version, exclusive, customer, owner, due, created, updated, key_id, payload`

// SQLite uses a partial index only for a statement that repeats the index's condition word by word.
// Hence "state IN (1, 5) AND state = 5".
const (
	sqlGet = `SELECT ` + columns + ` FROM operations WHERE principal = ?1 AND provider = ?2 AND request_id = ?3`

	sqlFindOpen = `SELECT ` + columns + ` FROM operations WHERE exclusive IS NOT NULL AND state IN (1, 5) AND exclusive = ?1`

	sqlFindCustomer = `SELECT ` + columns + ` FROM operations WHERE customer IS NOT NULL AND customer = ?1 ORDER BY created DESC LIMIT ?2`

	sqlCountUnknown = `SELECT count(*) FROM (SELECT 1 FROM operations WHERE state IN (1, 5) AND state = 5 LIMIT ?1)`

	sqlCountNeedsPerson = `SELECT count(*) FROM (SELECT 1 FROM operations WHERE state NOT IN (1, 2) AND state = 6 LIMIT ?1)`

	// The recursion goes from one key to the next. So it reads as many index entries as there are
	// keys.
	withKeys = `WITH RECURSIVE keys (id) AS (
    SELECT min(key_id) FROM operations
    UNION ALL
    SELECT (SELECT min(key_id) FROM operations WHERE key_id > keys.id) FROM keys WHERE keys.id IS NOT NULL
  ) `

	sqlKeyIDs = withKeys + `SELECT id FROM keys WHERE id IS NOT NULL`

	sqlSealedWith = `SELECT ` + columns + ` FROM operations WHERE key_id = ?1 LIMIT ?2`

	sqlKept = `SELECT value FROM secrets WHERE name = ?1`

	sqlInsert = `INSERT INTO operations (` + columns + `)
    VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, NULL, ?8, ?8, ?9, ?10) ON CONFLICT DO NOTHING`

	sqlUpdate = `UPDATE operations
    SET state = ?5, version = version + 1, exclusive = ?6, customer = ?7, owner = ?8, due = ?9, updated = ?10, key_id = ?11, payload = ?12
    WHERE principal = ?1 AND provider = ?2 AND request_id = ?3 AND version = ?4`

	// Nearly every update keeps the key that sealed the row. This statement then does not touch
	// operations_sealed.
	sqlUpdateSameSeal = `UPDATE operations
    SET state = ?5, version = version + 1, exclusive = ?6, customer = ?7, owner = ?8, due = ?9, updated = ?10, payload = ?12
    WHERE principal = ?1 AND provider = ?2 AND request_id = ?3 AND version = ?4 AND key_id = ?11`

	sqlReseal = `UPDATE operations SET key_id = ?5, payload = ?6
    WHERE principal = ?1 AND provider = ?2 AND request_id = ?3 AND version = ?4`

	// The statement reads three ranges of one index. The third holds due times beyond the limit.
	// Rows got those before the clock was set back.
	sqlClaim = `UPDATE operations SET owner = ?1, version = version + 1, updated = ?2 WHERE id IN (
    SELECT id FROM (SELECT id FROM operations WHERE state IN (1, 5) AND state = 1 AND owner <> ?1 LIMIT ?4)
    UNION ALL
    SELECT id FROM (SELECT id FROM operations WHERE state IN (1, 5) AND state = 5 AND due <= ?2 AND owner <> ?1 ORDER BY due LIMIT ?4)
    UNION ALL
    SELECT id FROM (SELECT id FROM operations WHERE state IN (1, 5) AND state = 5 AND due > ?3 AND owner <> ?1 LIMIT ?4)
    LIMIT ?4)
    RETURNING ` + columns

	sqlTake = `UPDATE operations SET owner = ?5, version = version + 1, updated = ?6
    WHERE principal = ?1 AND provider = ?2 AND request_id = ?3 AND version = ?4 AND state IN (1, 5) RETURNING ` + columns

	// The statement reads the oldest rows of each key. It skips the few rows that must stay.
	sqlPurge = withKeys + `DELETE FROM operations WHERE id IN (
    SELECT oldest.id FROM keys CROSS JOIN operations AS oldest ON oldest.id IN (
      SELECT id FROM operations INDEXED BY operations_sealed
      WHERE key_id = keys.id AND created < ?1 AND updated < ?1 AND state IN (2, 3, 4) ORDER BY created LIMIT ?2)
    ORDER BY oldest.created LIMIT ?2)`

	sqlKeep = `INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING`

	sqlReplace = `UPDATE secrets SET value = ?3 WHERE name = ?1 AND value = ?2`
)

// statement holds the text of a prepared statement, and where to store the statement.
type statement struct {
	at   **sql.Stmt
	text string
}

// readStatements holds the statements of the connections that read.
type readStatements struct {
	get, findOpen, findCustomer, countUnknown, countNeedsPerson, keyIDs, sealedWith, secret *sql.Stmt
	list                                                                                    [len(listTexts)]*sql.Stmt
}

func (s *readStatements) all() []statement {
	all := []statement{
		{&s.get, sqlGet},
		{&s.findOpen, sqlFindOpen},
		{&s.findCustomer, sqlFindCustomer},
		{&s.countUnknown, sqlCountUnknown},
		{&s.countNeedsPerson, sqlCountNeedsPerson},
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
	begin, commit, rollback                                                              *sql.Stmt
	insert, updateSameSeal, update, reseal, claim, take, purge, addSecret, replaceSecret *sql.Stmt
	get, findOpen, secret                                                                *sql.Stmt
}

func (s *writeStatements) all() []statement {
	return []statement{
		{&s.begin, "BEGIN IMMEDIATE"},
		{&s.commit, "COMMIT"},
		{&s.rollback, "ROLLBACK"},
		{&s.insert, sqlInsert},
		{&s.update, sqlUpdate},
		{&s.updateSameSeal, sqlUpdateSameSeal},
		{&s.reseal, sqlReseal},
		{&s.claim, sqlClaim},
		{&s.take, sqlTake},
		{&s.purge, sqlPurge},
		{&s.addSecret, sqlKeep},
		{&s.replaceSecret, sqlReplace},
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
