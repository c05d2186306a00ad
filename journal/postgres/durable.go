package postgres

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/singleflight"

	"github.com/enlist-dev/enlist/journal"
)

// durably is a condition of every statement that writes. It is always true. PostgreSQL evaluates it
// before it writes a row, and it sets what the commit of this one transaction needs. So durability
// does not depend on the session, which a pooler may replace at any time.
//
//   - synchronous_commit: a reported commit is durable. remote_apply promises more, so it stays.
//   - client_min_messages: the operator's value may hide the warning about a standby.
//
// To read a setting is cheaper than to set it, and a sub-select would cost more than either.
const durably = `(
  CASE WHEN current_setting('client_min_messages') IN ('notice', 'warning') THEN true
    ELSE set_config('client_min_messages', 'warning', true) <> '' END
  AND CASE WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN true
    ELSE set_config('synchronous_commit', 'on', true) <> '' END)`

// errNotConfirmed is the error of a statement that drew a warning.
var errNotConfirmed = errors.New("the server does not confirm that the write is durable")

// doubts reports whether a notice makes a commit doubtful. If an administrator cancels the wait for
// a synchronous standby, the server reports success and a warning. Any warning counts, whatever its
// text, which may be translated. The exception is the warning that transaction ids run out. It
// comes with each write, long before the server stops.
func doubts(notice *pgconn.Notice) bool {
	if notice.SeverityUnlocalized != "WARNING" {
		return false
	}
	file := path.Base(notice.File)
	return file != "varsup.c" && file != "multixact.c"
}

// witness says which transaction wrote a row that a statement read, and which server has returned
// it. A server that starts again, or a promoted standby, is another server.
type witness struct {
	xid    uint32
	server time.Time
}

// witnessed are the columns of a witness, for the row r.
const witnessed = ` r.xmin, pg_postmaster_start_time()`

// proof is the snapshot of a durable write. Every transaction that had ended in that snapshot is
// durable or was rolled back, because its commit is in the log before the commit of the write.
type proof struct {
	xmin, xmax uint64   // of the snapshot
	running    []uint64 // between them, the transactions that had not ended
	server     time.Time
	at         time.Time // when the write ended, by the monotonic clock
}

// proved are the columns of a proof, and the latest gap. They read the snapshot of the write.
const proved = ` pg_current_snapshot()::text, pg_postmaster_start_time(), now(), (SELECT value FROM enlist.secrets WHERE name = '` + journal.GapSecret + `')`

// parseSnapshot reads PostgreSQL's text xmin:xmax:running,running.
func parseSnapshot(text string) (p proof, err error) {
	fields := strings.Split(text, ":")
	if len(fields) != 3 {
		return p, fmt.Errorf("the server's snapshot %q has an unknown form", text)
	}
	numbers := strings.FieldsFunc(fields[2], func(r rune) bool { return r == ',' })
	for i, number := range append(fields[:2:2], numbers...) {
		xid, err := strconv.ParseUint(number, 10, 64)
		switch {
		case err != nil:
			return p, fmt.Errorf("the server's snapshot %q has an unknown form", text)
		case i == 0:
			p.xmin = xid
		case i == 1:
			p.xmax = xid
		default:
			p.running = append(p.running, xid)
		}
	}
	return p, nil
}

// maxProofAge is the age at which a proof ends. Row versions have ids of 32 bits, which repeat
// after 2^32 transactions.
const maxProofAge = time.Hour

// covers reports whether the proof shows that the row version is durable. Ids of 32 bits compare
// modulo 2^32. A very old row may look newer than the proof, and then costs a barrier.
func (p *proof) covers(w witness) bool {
	if p.xmax == 0 || !w.server.Equal(p.server) || time.Since(p.at) >= maxProofAge {
		return false
	}
	isBefore := func(end uint64) bool { return int32(uint32(end)-w.xid) > 0 } //nolint:gosec // modulo 2^32
	isIt := func(xid uint64) bool { return uint32(xid) == w.xid }             //nolint:gosec // modulo 2^32
	return isBefore(p.xmin) || isBefore(p.xmax) && !slices.ContainsFunc(p.running, isIt)
}

// durability holds the latest proof, and lets readers share barriers.
type durability struct {
	id      string // of this store's row that barriers write
	barrier singleflight.Group
	writing sync.Mutex // held by the one barrier that is being written

	mutex  sync.Mutex
	latest proof
}

func (d *durability) note(p proof) {
	p.at = time.Now()
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if !p.server.Equal(d.latest.server) || p.xmax >= d.latest.xmax {
		d.latest = p
	}
}

func (d *durability) proof() proof {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.latest
}

// read runs a statement whose rows begin with the columns of a witness. It returns the rows when
// they are durable.
func (s *Store) read(ctx context.Context, what, sql string, args ...any) ([]*journal.Row, error) {
	ctx, cancel := s.bound(ctx)
	defer cancel()
	var seen []witness
	rows, err := query(ctx, s, what, func(row pgx.CollectableRow) (*journal.Row, error) {
		var w witness
		r, err := scan(row, &w.xid, &w.server)
		seen = append(seen, w)
		return r, err
	}, sql, args...)
	if err != nil {
		return nil, err
	}
	if err := s.confirm(ctx, what, seen...); err != nil {
		return nil, err
	}
	return rows, nil
}

// readOne is like read, for a statement that returns at most one row. It returns nil if there is no
// row.
func (s *Store) readOne(ctx context.Context, what, sql string, args ...any) (*journal.Row, error) {
	rows, err := s.read(ctx, what, sql, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// confirm returns nil when the row versions are durable. Without a proof for all of them, it makes
// a durable write on the same server.
func (s *Store) confirm(ctx context.Context, what string, seen ...witness) error {
	known := s.durable.proof()
	for _, w := range seen {
		if known.covers(w) {
			continue
		}
		server, err := s.writeBarrier(ctx)
		if err != nil {
			return failed(what, fmt.Errorf("cannot confirm that the records are durable: %w", err))
		}
		for _, w := range seen {
			if !w.server.Equal(server) {
				return failed(what, errors.New("the server changed during the read. Try again"))
			}
		}
		return nil
	}
	return nil
}

// writeBarrier returns after a durable write that began after the call, and names the server that
// made it. Callers share a write that has not begun.
func (s *Store) writeBarrier(ctx context.Context) (server time.Time, err error) {
	const one = "barrier"
	written := s.durable.barrier.DoChan(one, func() (any, error) {
		s.durable.writing.Lock()
		defer s.durable.writing.Unlock()
		s.durable.barrier.Forget(one) // later callers need a later write
		return s.prove(context.WithoutCancel(ctx), "write a barrier", barrier, s.durable.id)
	})
	select {
	case result := <-written:
		server, _ = result.Val.(time.Time)
		return server, result.Err
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
}

// The row counts as a replica that is dead. So heartbeats delete it after a day.
const barrier = `
INSERT INTO enlist.replicas (id, alive_until) SELECT $1, now() WHERE ` + durably + `
ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until
RETURNING` + proved

// prove runs a statement that writes and returns a proof. It keeps the proof.
func (s *Store) prove(ctx context.Context, what, sql string, args ...any) (server time.Time, err error) {
	proofs, err := query(ctx, s, what, func(row pgx.CollectableRow) (p proof, err error) {
		var snapshot string
		var server, now time.Time
		var text []byte
		if err := row.Scan(&snapshot, &server, &now, &text); err != nil {
			return p, err
		}
		gap, err := journal.DecodeGap(text, now)
		if err != nil {
			return p, err
		}
		s.database.noteGap(server, gap)
		p, err = parseSnapshot(snapshot)
		p.server = server
		return p, err
	}, sql, args...)
	if err != nil {
		return time.Time{}, err
	}
	if len(proofs) != 1 {
		return time.Time{}, failed(what, errors.New("the statement wrote nothing"))
	}
	s.durable.note(proofs[0])
	return proofs[0].server, nil
}
