package once

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/enlist-dev/enlist/journal"
)

// writeTimeout bounds one write to the journal.
const writeTimeout = 10 * time.Second

// detached returns a context for one write: a write that is cut off with its caller may have been made or not, and its outcome would have to be
// found out.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
}

// get reads the record of a key; nil when there is none. It is not cut off with its caller, who would learn nothing by that.
func (s *Service) get(ctx context.Context, key journal.Key) (*journal.Record, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	return s.journal.Get(ctx, key)
}

// take makes this replica the owner of an open record, for this flight; nil when another living one is, or the record has changed.
func (s *Service) take(ctx context.Context, f *flight, record *journal.Record) (*journal.Record, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	f.lease = s.journal.Lease()
	taken, err := s.journal.Take(ctx, record)
	if err != nil { // it may be ours all the same, and nobody else would look after it
		f.tell(nil, journalUnreadable(err))
		s.letGo(record.Key, record.Version+1)
	}
	return taken, err
}

// letGo gives back an open record that is this replica's in the given version, if it is, for anybody to look into.
func (s *Service) letGo(key journal.Key, version int64) {
	s.untilWritten("release a record", key, func(ctx context.Context) error {
		record, err := s.get(ctx, key)
		if err != nil || record == nil || !record.IsOpen() || record.Owner != s.journal.Replica() || record.Version != version {
			return err
		}
		return s.update(ctx, record, s.leave(record, 0))
	})
}

// leave readies a record to be written that is left without a look-up, and returns when it is due: at the given time if anything is to be found out.
func (s *Service) leave(record *journal.Record, due time.Duration) time.Duration {
	if record.State == intent {
		s.abandon(record)
	}
	if record.State != unknown {
		return -1
	}
	return due
}

// update writes a record that this replica owns. What looks like a conflict with the very next version, of this replica's making, is a write
// of this flight that failed and was made all the same.
func (s *Service) update(ctx context.Context, record *journal.Record, due time.Duration) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if record.State != intent {
		record.Owner = "" // the work is over, or due later
	}
	if record.State == succeeded || record.State == failed {
		dropFiles(record.Payload.GetRequest().ProtoReflect()) // nothing is sent any more
	}
	err := s.replace(ctx, record, due)
	if !errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrBusy) {
		return err
	}
	current, readErr := s.get(ctx, record.Key)
	switch {
	case readErr != nil:
		return readErr
	case current == nil || current.Version != record.Version+1:
		return err
	case current.Owner == "" && current.State == record.State:
		record.Version = current.Version // this very write
		s.metrics.written(record)
		return nil
	case current.Owner == s.journal.Replica(): // the one before it
		record.Version = current.Version
		return s.replace(ctx, record, due)
	}
	return err
}

// replace writes a record to the journal, and counts what has happened to it.
func (s *Service) replace(ctx context.Context, record *journal.Record, due time.Duration) error {
	err := s.journal.Update(ctx, record, due)
	if err == nil {
		s.metrics.written(record)
	}
	return err
}

// write writes what a record has come to, and does not give up while the process lives. The caller is answered early, if there is an answer for
// that, when the first write fails: what the vendor has said is true, though another replica may record it first, as a look-up shows it. It
// returns nil, or ErrConflict when another replica has taken the record over.
func (s *Service) write(f *flight, record *journal.Record, due time.Duration, early *answer) error {
	var lost error
	s.untilWritten("record an outcome", record.Key, func(ctx context.Context) error {
		err := s.update(ctx, record, due)
		if errors.Is(err, journal.ErrConflict) {
			lost = err
			return nil
		}
		if err != nil && early != nil {
			f.tell(proto.CloneOf(early.response), early.err) // the record goes on holding its own
		}
		return err
	})
	return lost
}

// untilWritten repeats a write, which bounds its own time, until it succeeds or the process ends.
func (s *Service) untilWritten(what string, key journal.Key, write func(context.Context) error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := write(context.Background())
		if err == nil {
			return
		}
		s.log.Error("journal: could not "+what+"; trying again", "provider", key.Provider, "request_id", key.RequestID, "cause", err)
		if !sleep(s.life, wait) {
			return // who finds the record finds it as its last write left it
		}
	}
}
