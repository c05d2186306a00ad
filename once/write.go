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

// detached returns a context for one write, which does not end with the caller. A write that is cut
// off may have been made or not, and the job would have to find out.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
}

// get reads the record of a key; nil if the journal has none. The read does not end with the
// caller.
func (s *Service) get(ctx context.Context, key journal.Key) (*journal.Record, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	return s.journal.Get(ctx, key)
}

// own makes this replica the owner of an open creation. It returns nil if another living replica is
// the owner, or if the record has changed.
func (s *Service) own(ctx context.Context, r *run) (*journal.Record, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	r.lease = s.journal.Lease()
	return s.journal.Take(ctx, r.record)
}

// newWriter returns the mark of one job, or of one write outside a job.
func newWriter() []byte {
	mark := make([]byte, 12)
	_, _ = rand.Read(mark) // never fails
	return mark
}

// wrote reports whether this job made the latest write of a record, and no other replica has taken
// the record since.
func (s *Service) wrote(j *job, record *journal.Record) bool {
	return bytes.Equal(record.Payload.GetWriter(), j.writer) && (record.Owner == "" || record.Owner == s.journal.Replica())
}

// update writes a record that this replica owns. If the write before it was of the same job,
// returned an error and was made, update sees this and succeeds. The version counts as well as the
// mark, because a replica of an earlier version leaves the mark of others in its own writes.
func (s *Service) update(ctx context.Context, j *job, record *journal.Record, due time.Duration) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if record.State != intent {
		record.Owner = "" // the work is over or due later
	}
	if record.State == succeeded || record.State == failed {
		if dropFiles(record.Payload.GetRequest().ProtoReflect()) { // nothing is sent any more
			record.RequestChanged = true
		}
	}
	err := s.replace(ctx, j.writer, record, due)
	if !errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrBusy) {
		return err
	}
	current, readErr := s.get(ctx, record.Key)
	if readErr != nil {
		return readErr
	}
	if current == nil || current.Version != record.Version+1 || !s.wrote(j, current) {
		return err
	}
	record.Version = current.Version
	return s.replace(ctx, j.writer, record, due)
}

// replace writes a record to the journal and counts its events.
func (s *Service) replace(ctx context.Context, writer []byte, record *journal.Record, due time.Duration) error {
	explain(record)
	record.Payload.Writer = writer
	err := s.journal.Update(ctx, record, due)
	if err == nil {
		s.tellEnd(record)
		s.metrics.written(record)
	}
	return err
}

// write writes the outcome of a record, and repeats this while the process lives. If the first
// write fails, the caller gets the early reply, if there is one. What the vendor said is true even
// if another replica records it first. write returns nil, or ErrConflict if another replica has
// taken the record over.
func (s *Service) write(j *job, record *journal.Record, due time.Duration, early *reply) error {
	var lost error
	s.untilWritten("record an outcome", record.Key, func(ctx context.Context) error {
		err := s.update(ctx, j, record, due)
		if errors.Is(err, journal.ErrConflict) {
			lost = err
			return nil
		}
		if err != nil && early != nil {
			j.reply(proto.CloneOf(early.response), early.err) // a copy, because the record keeps this response
		}
		return err
	})
	return lost
}

// untilWritten repeats a write until it succeeds or the process ends. The write bounds its own
// time.
func (s *Service) untilWritten(what string, key journal.Key, write func(context.Context) error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := write(context.Background())
		if err == nil {
			return
		}
		s.log.Error("journal: could not "+what+"; trying again", "provider", key.Provider, "request_id", key.RequestID, "cause", err)
		if !sleep(s.life, wait) {
			return // the record stays as its last write left it, for the next owner
		}
	}
}
