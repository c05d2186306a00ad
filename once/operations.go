package once

import (
	"context"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// Operation returns the record of a create; reason OPERATION_NOT_FOUND when there is none.
func (s *Service) Operation(ctx context.Context, key journal.Key) (*journal.Record, error) {
	record, err := s.get(ctx, key)
	switch {
	case err != nil:
		return nil, journalUnreadable(err)
	case record == nil:
		return nil, &providers.Error{
			Reason: enlistv1.ErrorReason_OPERATION_NOT_FOUND,
			Message: "Enlist has no record of a creation with this request_id for this caller at provider " + key.Provider +
				". It does not record previews, or requests with invalid fields. ListOperations lists the recorded creations.",
		}
	}
	if isDecidable(record) { // a person may be about to decide, so the wait before that begins
		s.observed.wait(record, s.settledAfter(record.Provider))
	}
	return record, nil
}

// Operations lists records, newest first.
func (s *Service) Operations(ctx context.Context, query journal.Query) ([]*journal.Record, error) {
	records, err := s.journal.List(ctx, query)
	if err != nil {
		return nil, journalUnreadable(err)
	}
	return records, nil
}

// ExpireTime returns when a record will be forgotten; zero while it is kept for as long as it takes.
func (s *Service) ExpireTime(record *journal.Record) time.Time {
	if record.IsOpen() || record.State == needsPerson {
		return time.Time{}
	}
	return record.Updated.Add(s.retention)
}

// Wait returns the record of a create once that has come to rest, in any state but INTENT and UNKNOWN, or as it is when the context ends.
// It looks into an unknown outcome itself.
func (s *Service) Wait(ctx context.Context, key journal.Key) (*journal.Record, error) {
	ctx, cancel := callerContext(ctx)
	defer cancel()
	for {
		record, err := s.Operation(ctx, key)
		if err != nil || !record.IsOpen() || ctx.Err() != nil {
			return record, err
		}
		s.helpAlong(ctx, record)
		sleep(ctx, pollEvery)
	}
}

// lookForWaiterAfter is the greatest time between two look-ups while somebody waits.
const lookForWaiterAfter = 5 * time.Second

// readHelp is how long a read waits for an unknown outcome to be looked into.
const readHelp = 2 * time.Second

// CustomerRead looks into the unknown outcome of a create for a customer that is being read, so that whoever asks the vendor about it
// finds the operation settled as well.
func (s *Service) CustomerRead(ctx context.Context, provider, customerID string) {
	if s.unknowns.Load() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readHelp)
	defer cancel()
	record, err := s.journal.FindOpen(ctx, provider, customerID)
	if err == nil && record != nil {
		s.helpAlong(ctx, record)
	}
}

// helpAlong settles an open create as far as one look-up does, unless this process is at work on it, or it was looked up just now; then it
// waits a little for that.
func (s *Service) helpAlong(ctx context.Context, record *journal.Record) {
	j, isNew := s.jobs.start(record.Key)
	if !isNew {
		select {
		case <-j.finished:
		case <-ctx.Done():
		case <-after(pollEvery):
		}
		return
	}
	_, _ = s.runJob(ctx, j, func() (*enlistv1.CreateCustomerResponse, error) {
		if pause := min(firstLookupAfter<<min(record.Payload.GetLookups(), 20), lookForWaiterAfter); record.Payload.GetLookups() > 0 &&
			since(record.Updated).Abs() < pause {
			return nil, nil //nolint:nilnil // nobody asks for an answer
		}
		return s.drive(ctx, &run{job: j, recorded: true})
	})
}
