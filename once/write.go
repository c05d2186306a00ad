package once

import (
	"context"
	"errors"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

// writeTimeout bounds one write to the journal.
const writeTimeout = 10 * time.Second

// detached returns a context for one write: a write that is cut off with its caller may have been made or not, and its outcome would have to be
// found out.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
}

// update writes a record that this replica owns. A conflict with a write of this same process, which failed and was made all the same,
// is none.
func (s *Service) update(ctx context.Context, record *journal.Record, due time.Duration) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if record.State != intent {
		record.Owner = "" // the work is over, or due later
	}
	for {
		err := s.journal.Update(ctx, record, due)
		if !errors.Is(err, journal.ErrConflict) {
			return err
		}
		current, readErr := s.journal.Get(ctx, record.Key)
		if readErr != nil {
			return readErr
		}
		if current == nil || current.Version == record.Version || current.Owner != s.journal.Replica() {
			return err
		}
		record.Version = current.Version
	}
}

// write writes the end of a call to the vendor, and does not give up while the process lives: the caller, if it has no answer by now, is
// answered when the first write fails, since what the vendor has said is true all the same. It returns nil, or ErrConflict when another replica
// has taken the record over.
func (s *Service) write(f *flight, record *journal.Record, due time.Duration, told answer) error {
	var lost error
	s.untilWritten("record an end", record.Key, func(ctx context.Context) error {
		err := s.update(ctx, record, due)
		if errors.Is(err, journal.ErrConflict) {
			lost = err
			return nil
		}
		if err != nil {
			f.tell(told.response, told.err)
		}
		return err
	})
	return lost
}

// untilWritten repeats a write until it succeeds or the process ends.
func (s *Service) untilWritten(what string, key journal.Key, write func(context.Context) error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
		err := write(ctx)
		cancel()
		if err == nil {
			return
		}
		s.log.Error("journal: could not "+what+"; trying again", "provider", key.Provider, "request_id", key.RequestID, "cause", err)
		if !sleep(s.life, wait) {
			return // who finds the record finds it as its last write left it
		}
	}
}
