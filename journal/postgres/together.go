package postgres

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/enlist-dev/enlist/journal"
)

const (
	// maxTogether limits the writes of one statement.
	maxTogether = 256
	// maxBytesTogether limits what they write, unless one alone has more. The driver copies it, and
	// PostgreSQL refuses 1 GiB.
	maxBytesTogether = 4 << 20
	// patience is how long a statement may take before the next one starts beside it. So one that
	// waits for a lock or for a dead connection does not stop the others.
	patience = 50 * time.Millisecond
)

// together makes writes that wait at the same time with one statement. PostgreSQL then syncs its
// log once for all of them. A write waits only while another statement of its kind runs.
type together struct {
	// run makes the writes, and sets `made` of each that it has made. Its error is of all of them.
	run func(context.Context, []*write) error
	// timeout limits a statement.
	timeout time.Duration

	mutex   sync.Mutex
	waiting []*write
	running int // the statements that run
}

// write is one caller's write.
type write struct {
	row    journal.Row // a copy, because a caller that gives up may change its own
	due    time.Duration
	server time.Time // the verified server, for a row in state INTENT

	made  *journal.Row // what the statement has written; nil if it wrote nothing
	err   error
	ended chan struct{}
}

// key identifies a record.
type key struct {
	principal, provider string
	requestID           [16]byte
}

func keyOfRow(r *journal.Row) key { return key{r.Principal, r.Provider, r.RequestID} }

// do makes a write. If the context ends before its statement starts, the write is never made. If it
// ends later, the write may be made or not.
//
// If the server has rolled back a statement of several writes because of one of them, each caller
// makes its own write apart.
func (t *together) do(ctx context.Context, w *write) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mutex.Lock()
	if t.running == 0 {
		t.running++
		t.mutex.Unlock()
		defer t.next()
		return t.run(ctx, []*write{w})
	}
	w.ended = make(chan struct{})
	t.waiting = append(t.waiting, w)
	t.mutex.Unlock()
	long := time.NewTimer(patience)
	defer long.Stop()
	for {
		select {
		case <-w.ended:
			if errors.Is(w.err, errApart) {
				return t.run(ctx, []*write{w})
			}
			return w.err
		case <-long.C:
			t.start()
		case <-ctx.Done():
			t.mutex.Lock()
			defer t.mutex.Unlock()
			t.waiting = slices.DeleteFunc(t.waiting, func(one *write) bool { return one == w })
			return ctx.Err()
		}
	}
}

// errApart means that each caller must make its own write apart.
var errApart = errors.New("a write beside this one failed")

// start starts a statement with what waits, beside those that run.
func (t *together) start() {
	t.mutex.Lock()
	t.running++
	t.mutex.Unlock()
	t.next()
}

// next starts a statement with what waits, in place of one that has ended.
func (t *together) next() {
	if batch := t.take(); batch != nil {
		go t.makeAll(batch)
	}
}

// take returns the writes of the next statement. Without any, one statement less runs.
func (t *together) take() (batch []*write) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(t.waiting) == 0 {
		t.running--
		return nil
	}
	batch, t.waiting = apart(t.waiting)
	return batch
}

// apart takes writes for one statement, the first one always. Two for the same key or the same
// exclusive do not go together.
func apart(waiting []*write) (batch, rest []*write) {
	keys, exclusives := make(map[key]bool, len(waiting)), make(map[string]bool, len(waiting))
	bytes := 0
	for _, w := range waiting {
		key, exclusive := keyOfRow(&w.row), string(w.row.Exclusive)
		size := len(w.row.Outcome) + len(w.row.Request) + len(w.row.Exchanges)
		isTooLarge := len(batch) > 0 && bytes+size > maxBytesTogether
		if len(batch) == maxTogether || isTooLarge || keys[key] || exclusives[exclusive] {
			rest = append(rest, w)
			continue
		}
		keys[key], exclusives[exclusive] = true, exclusive != ""
		batch, bytes = append(batch, w), bytes+size
	}
	return batch, rest
}

// makeAll makes writes and ends them, and then those that wait by then. Their callers' contexts do
// not count, because each has another.
func (t *together) makeAll(batch []*write) {
	for ; batch != nil; batch = t.take() {
		ctx, cancel := context.WithTimeout(context.Background(), t.timeout)
		err := t.run(ctx, batch)
		cancel()
		if len(batch) > 1 && isOfOne(err) {
			err = errApart
		}
		for _, w := range batch {
			w.err = err
			close(w.ended)
		}
	}
}

// isOfOne reports whether the server has rolled a statement back perhaps because of one of its
// rows: a value, a conflict, a deadlock, a limit, or a row that another transaction keeps locked.
// These errors come before the commit.
func isOfOne(err error) bool {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) || failure.SeverityUnlocalized != "ERROR" {
		return false
	}
	switch failure.Code[:2] {
	case "22", "23", "40", "53", "54", "55":
		return true
	}
	return false
}
