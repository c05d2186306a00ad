package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	sqlite3 "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// maxBatch limits the writes of one transaction. So it also limits how long the first of them waits
// for the last.
const maxBatch = 256

var errClosed = errors.New("the journal is closed")

// writer holds the one connection that writes. Its goroutine uses that connection.
type writer struct {
	db              *sql.DB
	conn            *sql.Conn
	statements      writeStatements
	queue           chan *write
	stop, stopped   chan struct{}
	once            sync.Once
	commits, writes atomic.Int64
	sizes           prometheus.Observer // writes of each commit
	sequence        *sequence
	condition       *condition
	between         chan func()      // what to run between two transactions
	again           <-chan time.Time // when to try whether a write succeeds again; nil while writes succeed
}

// write is one caller's write. The writer runs it in a transaction together with other writes. Its
// result counts only if the transaction commits.
type write struct {
	run  func(context.Context, *writeStatements) error
	fate atomic.Int32
	done chan error
}

// The fates of a write. The writer or a caller that gives up moves the write away from waiting. The
// first to do so decides.
const (
	waiting int32 = iota
	begun
	abandoned
)

// newWriter takes a connection from the database. The writer owns the database from then on.
func newWriter(ctx context.Context, path string, db *sql.DB, condition *condition, options Options) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	w := &writer{
		db: db, conn: conn, sizes: commitSizes(options.Metrics), condition: condition,
		queue: make(chan *write, maxBatch), between: make(chan func()), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	if w.sequence, err = openSequence(ctx, path, conn, options); err != nil {
		return nil, errors.Join(err, w.release())
	}
	if err := w.statements.prepare(ctx, conn); err != nil {
		return nil, errors.Join(err, w.release())
	}
	go w.work() //nolint:gosec // it works until the writer is closed
	return w, nil
}

// do queues a write and waits until it is durable. If the context ends before the write begins, the
// writer never makes the write. If the write has begun, do waits for its outcome, which is near.
func (w *writer) do(ctx context.Context, run func(context.Context, *writeStatements) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mine := &write{run: run, done: make(chan error, 1)}
	select {
	case w.queue <- mine:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stopped:
		return errClosed
	}
	select {
	case err := <-mine.done:
		return err
	case <-ctx.Done():
		if mine.fate.CompareAndSwap(waiting, abandoned) {
			return ctx.Err()
		}
		return <-mine.done
	case <-w.stopped:
		if mine.fate.CompareAndSwap(waiting, abandoned) {
			return errClosed
		}
		return <-mine.done
	}
}

// exec runs one statement.
func (w *writer) exec(ctx context.Context, text string) error {
	return w.do(ctx, func(ctx context.Context, _ *writeStatements) error {
		_, err := w.conn.ExecContext(ctx, text)
		return err
	})
}

// work takes queued writes and commits them until the writer is closed.
func (w *writer) work() {
	defer close(w.stopped)
	batch := make([]*write, 0, maxBatch)
	alone := true
	for {
		select {
		case <-w.stop:
			return
		case <-w.sequence.due:
			w.sequence.sync(context.Background())
			continue
		case <-w.again:
			w.tryAgain()
			continue
		case run := <-w.between:
			run()
			continue
		case first := <-w.queue:
			batch = append(batch[:0], first)
		}
		if !alone {
			runtime.Gosched() // callers of the previous commit may be about to write again
		}
	collect:
		for len(batch) < maxBatch {
			select {
			case next := <-w.queue:
				batch = append(batch, next)
			default:
				break collect
			}
		}
		alone = len(batch) == 1
		w.commit(batch)
		clear(batch)
	}
}

// commit runs writes in one transaction. A failed write changes nothing and fails only its own
// caller. A failure of the database fails all callers.
func (w *writer) commit(batch []*write) {
	// The statements do not use a caller's context. An interrupted statement would undo the other
	// callers' writes.
	ctx := context.Background()
	begin := batch[:0]
	for _, one := range batch {
		if one.fate.CompareAndSwap(waiting, begun) {
			begin = append(begin, one)
		}
	}
	if len(begin) == 0 {
		return
	}
	results, err := w.transact(ctx, begin)
	if errors.Is(err, errHalf) {
		results, err = w.apart(ctx, begin), nil
	}
	for i, one := range begin {
		if err != nil {
			one.done <- err
			continue
		}
		if results[i] == nil {
			w.writes.Add(1)
		}
		one.done <- results[i]
	}
}

// errHalf is the error of a transaction that was rolled back because one of its writes had changed
// a row before it failed. SQLite undoes the failed statement alone.
var errHalf = errors.New("a write failed after it had changed a row")

// apart runs each write in a transaction of its own.
func (w *writer) apart(ctx context.Context, batch []*write) []error {
	all := make([]error, len(batch))
	for i := range batch {
		results, err := w.transact(ctx, batch[i:i+1])
		if err == nil || errors.Is(err, errHalf) {
			err = results[0]
		}
		all[i] = err
	}
	return all
}

// tryAgain writes, so that the store notices that writes succeed again.
func (w *writer) tryAgain() {
	_, _ = w.transact(context.Background(), []*write{{run: func(ctx context.Context, _ *writeStatements) error {
		_, err := w.conn.ExecContext(ctx, sqlTouch)
		return err
	}}})
}

// concluded notes the outcome of a transaction. One that changed nothing wrote nothing, so its
// success shows nothing.
func (w *writer) concluded(err error) {
	switch {
	case errors.Is(err, errHalf): // of one caller
	case err != nil:
		w.condition.wrote(err)
		w.again = time.After(tryAgainEvery)
	case w.sequence.changes > 0:
		w.condition.wrote(nil)
		w.again = nil
	}
}

// transact returns the result of each write, or the reason why it wrote nothing. With errHalf, the
// results so far say why.
func (w *writer) transact(ctx context.Context, batch []*write) (results []error, err error) {
	defer func() { w.concluded(err) }()
	if err := w.begin(ctx); err != nil {
		return nil, fmt.Errorf("cannot write to the journal: %w", err)
	}
	w.sequence.begin()
	results = make([]error, len(batch))
	for i, one := range batch {
		before := w.sequence.changes
		results[i] = one.run(ctx, &w.statements)
		switch {
		case results[i] == nil:
		case endsTransaction(results[i]):
			w.rollback(ctx)
			return nil, fmt.Errorf("cannot write to the journal: %w", results[i])
		case w.sequence.changes != before:
			w.rollback(ctx)
			return results, errHalf
		}
	}
	if err := w.sequence.beforeCommit(ctx, w.conn); err != nil {
		w.rollback(ctx)
		return nil, fmt.Errorf("cannot write to the journal: %w", err)
	}
	if _, err := w.statements.commit.ExecContext(ctx); err != nil {
		w.rollback(ctx)
		return nil, fmt.Errorf("cannot commit to the journal: %w", err)
	}
	w.sequence.afterCommit(ctx)
	w.commits.Add(1)
	w.sizes.Observe(float64(len(batch)))
	return results, nil
}

// begin begins a transaction. If an earlier rollback failed, begin first ends the old transaction.
func (w *writer) begin(ctx context.Context) error {
	_, err := w.statements.begin.ExecContext(ctx)
	if err == nil {
		return nil
	}
	w.rollback(ctx)
	_, err = w.statements.begin.ExecContext(ctx)
	return err
}

// rollback ends a transaction. It ignores its own error, because SQLite has often rolled back
// already. Also, begin retries the rollback.
func (w *writer) rollback(ctx context.Context) {
	_, _ = w.statements.rollback.ExecContext(ctx)
}

// endsTransaction reports whether a write's error makes the whole transaction unreliable. Some
// errors of SQLite undo only their own statement, and only their own caller needs to know. After a
// full disk or a failed read, SQLite may have rolled everything back.
func endsTransaction(err error) bool {
	var failure *sqlite3.Error
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Code() & 0xff {
	case codes.SQLITE_CONSTRAINT, codes.SQLITE_TOOBIG, codes.SQLITE_MISMATCH, codes.SQLITE_RANGE:
		return false
	}
	return true
}

// close stops the goroutine after the current transaction. Waiting writes fail. Then close copies
// the log into the file.
func (w *writer) close() (err error) {
	w.once.Do(func() {
		close(w.stop)
		<-w.stopped
		_, err = w.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		err = errors.Join(err, w.release())
	})
	return err
}

func (w *writer) release() error {
	return errors.Join(w.statements.close(), w.conn.Close(), w.db.Close(), w.sequence.close())
}
