package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/enlist-dev/enlist/journal"
)

// Durability says what a promotion of a standby may lose.
type Durability int

const (
	// SingleNode means that a promotion may lose the latest writes. So it opens a gap.
	SingleNode Durability = iota
	// Synchronous means that each commit waits for a standby, and that only such a standby is
	// promoted. The store checks that the server has synchronous_standby_names.
	Synchronous
	// Managed means that the service promises the same in its own way.
	Managed
)

// identitySecret is the name of the row that has the identity of the database.
const identitySecret = "database"

// identity tells databases apart. PostgreSQL's system identifier changes when a database is made
// anew, and the id of the table when the schema is restored into one. The timeline changes at each
// promotion and at each recovery to a point in time.
type identity struct{ database, timeline string }

func (i identity) encode() []byte { return []byte(i.database + " " + i.timeline) }

func parseIdentity(text []byte) (i identity) {
	i.database, i.timeline, _ = strings.Cut(string(text), " ")
	return i
}

// compare says why a database that was one thing, and is another now, may have lost records. It
// returns nothing if it has lost none.
func (i identity) compare(now identity, durability Durability) (lost string) {
	switch {
	case i.database == "":
		return "" // an earlier version of Enlist stored none
	case i.database != now.database:
		return fmt.Sprintf("the journal is in another database than before (%s, and before %s), so it was restored or replaced", now.database, i.database)
	case i.timeline != "" && now.timeline != "" && i.timeline != now.timeline && durability == SingleNode:
		return fmt.Sprintf("the journal's PostgreSQL server was promoted or recovered to a point in time (timeline %s, and before %s), "+
			"and may have lost the latest records", now.timeline, i.timeline)
	}
	return ""
}

// lostSince says why a database that stored i last has lost records, if a replica has verified a
// later timeline before, and so stored that. The promotion to it was taken back, for example by an
// old primary that was frozen and became the primary again. Synchronous does not exclude that.
func (i identity) lostSince(known identity) (lost string) {
	if i.database != known.database || i.timeline == "" || i.timeline >= known.timeline {
		return ""
	}
	return fmt.Sprintf("the journal's PostgreSQL server has timeline %s again, although %s was in use. The records of that are lost. "+
		"Find out why an old primary could come back", i.timeline, known.timeline)
}

// isVerified is a condition of a statement that permits a request to the vendor: the server is the
// one that started at a time, and has standbys if it needs them. Both are parameters.
func isVerified(started, needsStandby string) string {
	return `pg_postmaster_start_time() = ` + started + ` AND (NOT ` + needsStandby + `::boolean OR current_setting('synchronous_standby_names') <> '')`
}

func (d *verification) needsStandby() bool { return d.durability == Synchronous }

// selectIdentities read the identity that the database has and the one that it had, and its gap. If
// the server refuses one, the next one needs less of it. A service that promises durability itself
// need not offer the functions.
func selectIdentities(durability Durability) []string {
	system := `(SELECT system_identifier FROM pg_control_system())`
	timeline := `CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END`
	if durability == Managed {
		return []string{selectIdentity(system, `''`), selectIdentity(`0`, `''`)}
	}
	return []string{selectIdentity(system, timeline)}
}

func selectIdentity(system, timeline string) string {
	return `
SELECT pg_postmaster_start_time(), now(), current_setting('synchronous_standby_names'),
  ` + system + ` || '/' || 'enlist.operations'::regclass::oid, ` + timeline + `,
  (SELECT value FROM enlist.secrets WHERE name = '` + identitySecret + `'), (SELECT value FROM enlist.secrets WHERE name = '` + journal.GapSecret + `')`
}

// isRefused reports whether the server does not offer a function, or not to this user.
func isRefused(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "42501" || refused.Code == "42883" || refused.Code == "0A000")
}

// replaceIdentity replaces the stored identity $2, or none, by $1 if the server has not changed. In
// the same transaction it stores the gap $4, if there is one.
const replaceIdentity = `
WITH identified AS (
  INSERT INTO enlist.secrets AS s (name, value) SELECT '` + identitySecret + `', $1 WHERE pg_postmaster_start_time() = $3 AND ` + durably + `
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE s.value = $2
  RETURNING 1
), gap AS (
  INSERT INTO enlist.secrets (name, value) SELECT '` + journal.GapSecret + `', $4::bytea FROM identified WHERE $4::bytea IS NOT NULL
  ON CONFLICT (name) DO UPDATE SET value = excluded.value
)
SELECT 1 FROM identified`

// verification is what the store knows about the server and its database.
type verification struct {
	durability Durability
	lasts      time.Duration

	mutex    sync.Mutex
	server   time.Time // the start of the server whose identity is verified
	identity identity  // of that server's database
	gap      journal.Gap
	failure  string // the latest failure to identify the server, until one succeeds
}

// known returns the start of the verified server, and the latest gap.
func (d *verification) known() (server time.Time, gap journal.Gap) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.server, d.gap
}

// latest returns the identity that this replica has verified. It has none at first.
func (d *verification) latest() identity {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.identity
}

// noteGap notes the latest gap, as the verified server returned it.
func (d *verification) noteGap(server time.Time, gap journal.Gap) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if server.Equal(d.server) && !gap.Opened.Equal(d.gap.Opened) {
		d.gap = gap
	}
}

func (d *verification) verified(server time.Time, is identity, gap journal.Gap) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.server, d.identity, d.failure = server, is, ""
	if !gap.Opened.Equal(d.gap.Opened) {
		d.gap = gap
	}
}

// isNew reports whether a failure to identify the server has another cause than the latest one.
func (d *verification) isNew(failure error) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	latest := d.failure
	d.failure = failure.Error()
	return d.failure != latest
}

// Gap implements journal.Store.
func (s *Store) Gap() journal.Gap {
	_, gap := s.database.known()
	return gap
}

// errNoStandby is the error of a creation while the server makes no commit wait for a standby.
var errNoStandby = errors.New("durability is SYNCHRONOUS, and synchronous_standby_names is empty on the server, so a promotion may lose creations. " +
	"Set it, or set another journal.postgres.durability")

// server is a server as a statement saw it.
type server struct {
	started, now time.Time
	standbys     string
	is, was      identity
	stored       []byte // the text of was; nil for none
	gap          journal.Gap
}

// scan reads the columns of selectIdentity.
func (f *server) scan(scan func(...any) error) (err error) {
	var gap []byte
	if err := scan(&f.started, &f.now, &f.standbys, &f.is.database, &f.is.timeline, &f.stored, &gap); err != nil {
		return err
	}
	f.was = parseIdentity(f.stored)
	f.gap, err = journal.DecodeGap(gap, f.now)
	return err
}

func (s *Store) look(ctx context.Context) (found server, err error) {
	for _, sql := range selectIdentities(s.database.durability) {
		var all []server
		all, err = query(ctx, s, "identify the database", func(row pgx.CollectableRow) (f server, err error) {
			err = f.scan(row.Scan)
			return f, err
		}, sql)
		if err == nil {
			return all[0], nil
		}
		if !isRefused(err) {
			break
		}
	}
	return found, err
}

// verify compares the identity of the database with the stored one. If the database is another one,
// verify stores its identity, and opens a gap if records may be lost. Several replicas may do that
// at once.
func (s *Store) verify(ctx context.Context) error {
	for range insertTries {
		found, err := s.look(ctx)
		if err != nil {
			return err
		}
		if s.database.durability == Synchronous && found.standbys == "" {
			return errNoStandby
		}
		if found.is.timeline == "" {
			found.is.timeline = found.was.timeline
		}
		lost := s.lost(&found)
		if found.is == found.was && lost == "" {
			s.database.verified(found.started, found.is, found.gap)
			return nil
		}
		gap := found.gap
		var text []byte
		if lost != "" {
			if gap, err = s.newGap(ctx, found, lost); err != nil {
				return err
			}
			text = gap.Encode()
		}
		replaced, err := query(ctx, s, "store the identity of the database", pgx.RowTo[int], replaceIdentity,
			found.is.encode(), found.stored, found.started, text)
		switch {
		case err != nil:
			return err
		case len(replaced) == 1:
			s.database.verified(found.started, found.is, gap)
			return nil
		}
	}
	return failed("identify the database", errContended)
}

// lost says why the database of a server may lack records, and nothing if it lacks none.
func (s *Store) lost(found *server) string {
	known := s.database.latest()
	if found.stored == nil { // lost, if this replica has verified another server
		found.was = known
	}
	lost := found.was.lostSince(known)
	if found.gap.IsOpen() && found.gap.Opened.After(s.Gap().Opened) {
		lost = "" // another replica has opened the gap
	}
	return cmp.Or(lost, found.was.compare(found.is, s.database.durability))
}

// newGap returns a gap that begins shortly before the newest record.
func (s *Store) newGap(ctx context.Context, found server, why string) (journal.Gap, error) {
	rows, err := s.List(ctx, journal.Query{Everybody: true, Limit: 1})
	if err != nil {
		return journal.Gap{}, err
	}
	var newest time.Time
	if len(rows) > 0 {
		newest = rows[0].Created
	}
	return journal.NewGap(found.now, newest, why, found.gap, s.database.lasts), nil
}

// OpenGap opens a gap by hand, after a restore that the store cannot see.
func (s *Store) OpenGap(ctx context.Context, why string) (journal.Gap, error) {
	found, err := s.look(ctx)
	if err != nil {
		return journal.Gap{}, err
	}
	gap, err := s.newGap(ctx, found, why)
	if err != nil {
		return journal.Gap{}, err
	}
	_, err = s.write(ctx, "open a gap", `
INSERT INTO enlist.secrets (name, value) SELECT '`+journal.GapSecret+`', $1 WHERE `+durably+`
ON CONFLICT (name) DO UPDATE SET value = excluded.value`, gap.Encode())
	if err == nil {
		s.database.noteGap(found.started, gap)
	}
	return gap, err
}

// mayWrite returns the start of the verified server for a write in state INTENT. It returns ErrGap
// if the writer does not know the latest gap.
func (s *Store) mayWrite(row *journal.Row) (server time.Time, err error) {
	server, gap := s.database.known()
	if !gap.Opened.Equal(row.Gap) {
		return server, journal.ErrGap
	}
	return server, nil
}
