package once

import (
	"bytes"
	"context"
	"crypto/rand"
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

// own makes this replica the owner of an open creation; nil if another living replica is, or if the
// record has changed.
func (s *Service) own(ctx context.Context, r *run) (*journal.Record, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	r.lease = s.journal.Lease()
	taken, err := s.journal.Take(ctx, r.record)
	if err != nil { // the record may be this replica's all the same, and nobody else would work on it
		r.reply(nil, journalUnreadable(err))
		s.letGo(r.job)
	}
	return taken, err
}

// letGo gives up an open record of which this replica is the owner, if it is.
func (s *Service) letGo(j *job) {
	s.untilWritten("release a record", j.key, func(ctx context.Context) error {
		record, err := s.get(ctx, j.key)
		if err != nil || record == nil || !record.IsOpen() || record.Owner != s.journal.Replica() {
			return err
		}
		return s.update(ctx, j, record, s.leave(record, 0))
	})
}

// leave prepares a record for release without a look-up. It returns the time until the next look-up,
// or -1 if none is needed.
func (s *Service) leave(record *journal.Record, due time.Duration) time.Duration {
	if record.State == intent {
		s.abandon(record)
	}
	if record.State != unknown {
		return -1
	}
	return due
}

// newWriter returns the mark of one job, or of one write outside a job.
func newWriter() []byte {
	mark := make([]byte, 12)
	_, _ = rand.Read(mark) // never fails
	return mark
}

// wrote reports whether the latest write of a record is this job's, and no other replica has
// taken the record since.
func (s *Service) wrote(j *job, record *journal.Record) bool {
	return bytes.Equal(record.Payload.GetWriter(), j.writer) && (record.Owner == "" || record.Owner == s.journal.Replica())
}

// update writes a record that this replica owns. A conflict with a write of this same job, which
// returned an error and was made all the same, is none.
func (s *Service) update(ctx context.Context, j *job, record *journal.Record, due time.Duration) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if record.State != intent {
		record.Owner = "" // the work is over, or due later
	}
	if record.State == succeeded || record.State == failed {
		dropFiles(record.Payload.GetRequest().ProtoReflect()) // nothing is sent any more
	}
	err := s.replace(ctx, j.writer, record, due)
	if !errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrBusy) {
		return err
	}
	current, readErr := s.get(ctx, record.Key)
	if readErr != nil {
		return readErr
	}
	if current == nil || !s.wrote(j, current) {
		return err
	}
	record.Version = current.Version
	return s.replace(ctx, j.writer, record, due)
}

// replace writes a record to the journal, and counts its events.
func (s *Service) replace(ctx context.Context, writer []byte, record *journal.Record, due time.Duration) error {
	record.Payload.Writer = writer
	err := s.journal.Update(ctx, record, due)
	if err == nil {
		s.metrics.written(record)
	}
	return err
}

// write writes the outcome of a record, and repeats that while the process lives. If the first write
// fails, the caller gets the early response, if there is one: what the vendor has said is true,
// though another replica may record it first. write returns nil, or ErrConflict if another replica
// has taken the record over.
func (s *Service) write(j *job, record *journal.Record, due time.Duration, early *reply) error {
	var lost error
	s.untilWritten("record an outcome", record.Key, func(ctx context.Context) error {
		err := s.update(ctx, j, record, due)
		if errors.Is(err, journal.ErrConflict) {
			lost = err
			return nil
		}
		if err != nil && early != nil {
			j.reply(proto.CloneOf(early.response), early.err) // the record goes on holding its own
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
