package once

import (
	"context"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// Operation returns the record of a creation. It fails with OPERATION_NOT_FOUND if the journal has
// none.
func (s *Service) Operation(ctx context.Context, key journal.Key) (*journal.Record, error) {
	s = s.configured()
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
	if isDecidable(record) { // a person may decide soon, so the wait before a decision begins
		s.observe(record, s.settledAfter(record.Provider))
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

// ExpireTimes returns when the journal deletes the payload of a record, and the record. The payload
// of an erased one went with the erasure. It returns zero while the record has no outcome.
func (s *Service) ExpireTimes(record *journal.Record) (payload, outcome time.Time) {
	if record.IsOpen() || record.State == needsPerson {
		return time.Time{}, time.Time{}
	}
	age := s.configured().retentionOf(record.Provider)
	payload, outcome = record.Updated.Add(age.Payload), record.Updated.Add(age.Outcome)
	if erasure := record.Payload.GetErasure(); erasure != nil {
		payload = erasure.GetEraseTime().AsTime()
	}
	return payload, outcome
}

// Wait returns the record of a creation when its state is neither INTENT nor UNKNOWN, or when the
// context ends. Meanwhile it looks up an unknown outcome itself.
func (s *Service) Wait(ctx context.Context, key journal.Key) (*journal.Record, error) {
	ctx, cancel := callerContext(ctx)
	defer cancel()
	for {
		record, err := s.Operation(ctx, key)
		if err != nil || !record.IsOpen() || ctx.Err() != nil {
			return record, err
		}
		s.configured().helpAlong(ctx, record)
		sleep(ctx, pollEvery)
	}
}

// lookForWaiterAfter is the longest pause between two look-ups while a caller waits.
const lookForWaiterAfter = 5 * time.Second

// readHelp is how long a read of a customer waits for the look-up of an unknown outcome.
const readHelp = 2 * time.Second

// CustomerRead looks up the unknown outcome of a creation whose customer is being read. The caller
// then sees an operation that agrees with the vendor.
func (s *Service) CustomerRead(ctx context.Context, provider, customerID string) {
	if s.unknowns.Load() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readHelp)
	defer cancel()
	record, err := s.journal.FindOpen(ctx, provider, customerID)
	if err == nil && record != nil {
		s.configured().helpAlong(ctx, record)
	}
}

// helpAlong does one look-up for an open creation and what follows from it, unless the last look-up
// was just now. If another job works on the creation, it waits a little for that job.
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
			return nil, nil //nolint:nilnil // no caller reads the response
		}
		return s.drive(ctx, &run{job: j, recorded: true})
	})
}
