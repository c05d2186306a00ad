package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"os"
	"time"

	sqlite3 "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// sequenceSuffix names the file beside the database that remembers the newest record.
const sequenceSuffix = ".seq"

// syncSequenceEvery is how often the sequence file is synced to the disk while records are written.
const syncSequenceEvery = time.Second

const (
	sqlHighest = `SELECT coalesce(max(id), 0) FROM operations`
	// sqlTouch is a small write. SQLite writes no page if no value changes.
	sqlTouch = `INSERT OR REPLACE INTO secrets (name, value) VALUES ('touched', randomblob(8))`
)

// identitySecret is the name of the database's identity. It is not one of journal.Store's secrets.
const identitySecret = "identity"

// SQLite's log may lose its newest transactions in silence: after a kill, SQLite reads the log up
// to the first frame with a wrong checksum. A copy of the database may replace it, too. So a small
// file beside the database remembers which database it belongs to, and the highest id of a record.
//
// The number in the file is never higher than the database's. A higher one is written after its
// commit. A lower one is written and synced before the commit that deletes the newest record.

// known is the content of the sequence file.
type known struct {
	identity [16]byte
	highest  int64 // the highest id of a committed record
}

const (
	sequenceMagic = "enlistsq"
	sequenceSize  = 64
)

// encode returns the file's content. The file always has this size, so a write needs no room.
func (k *known) encode() []byte {
	text := make([]byte, sequenceSize)
	copy(text, sequenceMagic)
	binary.BigEndian.PutUint32(text[8:], 1) // the version of this form
	copy(text[16:], k.identity[:])
	binary.BigEndian.PutUint64(text[32:], uint64(k.highest)) //nolint:gosec // decode turns it back
	binary.BigEndian.PutUint32(text[60:], crc32.ChecksumIEEE(text[:60]))
	return text
}

// decode reads the file's content. It reports false if the content is damaged.
func (k *known) decode(text []byte) bool {
	if len(text) != sequenceSize || !bytes.HasPrefix(text, []byte(sequenceMagic)) || binary.BigEndian.Uint32(text[8:]) != 1 ||
		binary.BigEndian.Uint32(text[60:]) != crc32.ChecksumIEEE(text[:60]) {
		return false
	}
	*k = known{identity: [16]byte(text[16:32]), highest: int64(binary.BigEndian.Uint64(text[32:]))} //nolint:gosec // encode made it
	return true
}

// readKnown reads the sequence file of a database. It returns nil if no file exists. A damaged file
// is an errDamagedSequence.
func readKnown(path string) (*known, error) {
	text, err := os.ReadFile(path + sequenceSuffix) //nolint:gosec // the path is the operator's
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // no file is no error
	}
	if err != nil {
		return nil, err
	}
	found := &known{}
	if !found.decode(text) {
		return nil, errDamagedSequence
	}
	return found, nil
}

var errDamagedSequence = errors.New("the file with the number of the newest record is damaged")

// compare says what a database has lost since the file was written. It returns nothing if the
// database has lost nothing.
func (k *known) compare(identity []byte, highest int64) (lost string) {
	switch {
	case !bytes.Equal(k.identity[:], identity):
		return fmt.Sprintf("the journal is another database than before: the earlier one had record number %d, and at a start the newest here had number %d",
			k.highest, highest)
	case highest < k.highest:
		return fmt.Sprintf("the journal has forgotten records: it once had record number %d, and at a start the newest had number %d", k.highest, highest)
	}
	return ""
}

// refuseEmptied returns an error if the database is empty although it once was not.
func refuseEmptied(path string) error {
	if _, err := os.Stat(path + sequenceSuffix); err != nil {
		return nil //nolint:nilerr // no file that says so; opening it says what is wrong with it
	}
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && info.Size() > 0 {
		return nil
	}
	return fmt.Errorf("the journal %[1]s is missing or empty, but %[1]s%[2]s shows that it had records. Restore a backup with `enlist restore`. "+
		"To begin with an empty journal, which forgets every creation, delete %[1]s%[2]s", path, sequenceSuffix)
}

// sequence keeps the sequence file of an open database. Only the writer uses it.
type sequence struct {
	file    *os.File
	known   // the content of the file
	log     *slog.Logger
	next    int64 // the highest id after the present transaction
	unsure  bool  // next may be wrong: ask the database
	changes int   // rows of any table that the present transaction has changed
	failing bool  // the latest write of the file failed
	due     <-chan time.Time
}

// openSequence compares the database with the file, which it creates if it is missing. It opens a
// gap if records are missing. It then follows the connection's writes.
func openSequence(ctx context.Context, path string, conn *sql.Conn, options Options) (*sequence, error) {
	log := options.Log
	s := &sequence{log: log}
	identity, isNew, err := identify(ctx, conn)
	if err != nil {
		return nil, err
	}
	var highest int64
	if err := conn.QueryRowContext(ctx, sqlHighest).Scan(&highest); err != nil {
		return nil, err
	}
	before, err := readKnown(path)
	switch {
	case errors.Is(err, errDamagedSequence), err == nil && before == nil && !isNew:
		log.WarnContext(ctx, "journal: the file that remembers the newest record is missing or damaged, so Enlist cannot tell whether records are missing; "+
			"it makes the file again", "file", path+sequenceSuffix)
	case err != nil:
		return nil, err
	case before != nil:
		if lost := before.compare(identity, highest); lost != "" {
			if err := openGap(ctx, conn, options.Clock(), lost, options.GapLasts); err != nil { // durable before the file forgets the loss
				return nil, err
			}
		}
	}
	s.identity, s.highest = [16]byte(identity), highest
	if err := s.create(path); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot write %s%s: %w", path, sequenceSuffix, err), s.close())
	}
	return s, s.follow(conn)
}

// identify returns the identity of a database, which gets one if it has none.
func identify(ctx context.Context, conn *sql.Conn) (identity []byte, isNew bool, err error) {
	if identity, err = storedSecret(ctx, conn, identitySecret); err != nil || len(identity) == 16 {
		return identity, false, err
	}
	identity = make([]byte, 16)
	_, _ = rand.Read(identity) // never fails
	_, err = conn.ExecContext(ctx, sqlOverwrite, identitySecret, identity)
	return identity, true, err
}

// create opens the file, writes it and syncs it.
func (s *sequence) create(path string) (err error) {
	if s.file, err = os.OpenFile(path+sequenceSuffix, os.O_RDWR|os.O_CREATE, ownerOnly); err != nil { //nolint:gosec // the path is the operator's
		return err
	}
	if err := errors.Join(s.file.Truncate(sequenceSize), s.save(), s.file.Sync()); err != nil {
		return err
	}
	return syncFolder(path)
}

// follow notes which records the connection inserts and deletes.
func (s *sequence) follow(conn *sql.Conn) error {
	return conn.Raw(func(driver any) error {
		driver.(sqlite3.HookRegisterer).RegisterPreUpdateHook(func(change sqlite3.SQLitePreUpdateData) { //nolint:forcetypeassert // it is SQLite's
			s.changes++
			switch {
			case change.Op == codes.SQLITE_UPDATE || change.TableName != "operations":
			case change.Op == codes.SQLITE_INSERT:
				s.next = max(s.next, change.NewRowID)
			case change.OldRowID >= s.next:
				s.unsure = true
			}
		})
		return nil
	})
}

// begin starts a transaction.
func (s *sequence) begin() { s.next, s.unsure, s.changes = s.highest, false, 0 }

// beforeCommit lowers the number in the file if the transaction deletes the newest record.
func (s *sequence) beforeCommit(ctx context.Context, conn *sql.Conn) error {
	if s.unsure {
		if err := conn.QueryRowContext(ctx, sqlHighest).Scan(&s.next); err != nil {
			return err
		}
	}
	if s.next >= s.highest {
		return nil
	}
	s.highest = s.next
	err := errors.Join(s.save(), s.file.Sync())
	if reason := (*fs.PathError)(nil); errors.As(err, &reason) {
		err = fmt.Errorf("cannot write the sequence file: %w", reason.Err) // readiness shows no path
	}
	return err
}

// afterCommit raises the number in the file. If that fails, the file knows less than it could. The
// records are safe.
func (s *sequence) afterCommit(ctx context.Context) {
	if s.next <= s.highest && !s.failing {
		return
	}
	s.highest = s.next
	s.saved(ctx, s.save())
	if s.due == nil {
		s.due = time.After(syncSequenceEvery)
	}
}

// sync syncs the file to the disk.
func (s *sequence) sync(ctx context.Context) {
	s.due = nil
	s.saved(ctx, s.file.Sync())
}

func (s *sequence) saved(ctx context.Context, err error) {
	if err != nil && !s.failing {
		s.log.WarnContext(ctx, "journal: cannot write the file that remembers the newest record; a loss may go unnoticed", "file", s.file.Name(), "cause", err)
	}
	s.failing = err != nil
}

func (s *sequence) save() error {
	_, err := s.file.WriteAt(s.encode(), 0)
	return err
}

func (s *sequence) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	err := s.file.Sync()
	return errors.Join(err, s.file.Close())
}

// lostNow says what a database has lost that another process may have open. A purge of the
// newest record lowers the number in the file before the one in the database. So only a number that
// is still in the file afterwards counts.
func lostNow(ctx context.Context, db *sql.DB, path string, before *known) (string, error) {
	identity, err := storedSecret(ctx, db, identitySecret)
	if err != nil {
		return "", err
	}
	var highest int64
	if err := db.QueryRowContext(ctx, sqlHighest).Scan(&highest); err != nil {
		return "", err
	}
	after, err := readKnown(path)
	if err != nil || after == nil {
		return "", nil //nolint:nilerr // a file that is gone or damaged shows no loss
	}
	before.highest = min(before.highest, after.highest)
	return before.compare(identity, highest), nil
}
