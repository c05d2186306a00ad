package once

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	"github.com/enlist-dev/enlist/journal"
)

// pollEvery is the pause between two reads of a creation that another replica works on.
const pollEvery = 200 * time.Millisecond

func newRecord(o *order) *journal.Record {
	request, incomplete := storable(o.request)
	record := &journal.Record{Key: o.key, Payload: &journalv1.Payload{
		Request: request, Incomplete: incomplete, Fingerprint: o.fingerprint, ExclusiveKey: o.creation.Key(), LooksFirst: o.creation.LooksFirst(),
		AskedTime: timestamppb.New(o.asked),
	}}
	_ = move(record, accepted, caller) // legal, because a new record has no state
	return record
}

// begin records the intent of a new creation, unless the journal already has the creation, or
// another creation is open for the same customer.
func (s *Service) begin(ctx context.Context, r *run) {
	step("before-intent")
	record := newRecord(r.order)
	existing, busy, err := s.recordIntent(ctx, r.job, record)
	switch {
	case err != nil:
		r.end(nil, journalUnavailable(err))
	case existing != nil:
		r.record, r.recorded = existing, true
	case busy != nil:
		r.beginTimeout = customerBusy(r.key.Provider)
		if !s.awaitOther(ctx, busy) {
			r.end(nil, r.beginTimeout)
		}
	default:
		step("after-intent")
		r.record, r.recorded = record, true
		r.own()
	}
}

// recordIntent writes the record of a new creation. It withdraws the intent if the write failed,
// since it may have been made, or if it ended after the caller's deadline.
func (s *Service) recordIntent(ctx context.Context, j *job, record *journal.Record) (existing, busy *journal.Record, err error) {
	inTime := j.refuseAfter(ctx)
	existing, busy, err = s.repeatIntent(ctx, j, record)
	if err != nil {
		j.reply(nil, journalUnavailable(err))
		s.withdraw(j)
		return nil, nil, err
	}
	if existing != nil && existing.State == intent && existing.Version == 1 && s.wrote(j, existing) {
		existing.Events = record.Events
		*record, existing = *existing, nil // the write that returned an error was made
	}
	isNew := existing == nil && busy == nil
	if isNew {
		s.metrics.written(record)
	}
	if !inTime() && isNew {
		s.withdraw(j)
		return nil, nil, ctx.Err()
	}
	return existing, busy, nil
}

// repeatIntent writes the record of a new creation, and repeats the write twice if it returns an
// error.
func (s *Service) repeatIntent(ctx context.Context, j *job, record *journal.Record) (existing, busy *journal.Record, err error) {
	for again := 0; ; again++ {
		existing, busy, err = s.recordIntentOnce(ctx, j, record)
		if err == nil || isForCaller(err) {
			return existing, busy, err
		}
		s.log.WarnContext(ctx, "journal: could not record an intent", "provider", record.Provider, "request_id", record.RequestID, "cause", err)
		if again == 2 || !sleep(ctx, 100*time.Millisecond<<again) {
			return nil, nil, err
		}
	}
}

func (s *Service) recordIntentOnce(ctx context.Context, j *job, record *journal.Record) (existing, busy *journal.Record, err error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	record.Payload.Writer = j.writer
	for {
		j.lease = s.journal.Lease()
		if refused := s.underGap(record, s.journal.Gap()); refused != nil {
			existing, err = s.refuseInGap(ctx, record.Key, refused)
			return existing, nil, err
		}
		existing, busy, err = s.journal.Begin(ctx, record)
		if !errors.Is(err, journal.ErrGap) {
			return existing, busy, err
		}
	}
}

// withdraw ends an intent of this job as NOT_SENT, if the journal has it. Nothing was sent for it.
func (s *Service) withdraw(j *job) {
	s.untilWritten("withdraw an intent", j.key, func(ctx context.Context) error {
		record, err := s.get(ctx, j.key)
		if err != nil || record == nil || record.State != intent || !s.wrote(j, record) {
			return err
		}
		if err := move(record, notDone, sender); err != nil {
			return err
		}
		record.Payload.Failure = failureOf(journalUnavailable(nil))
		return s.update(ctx, j, record, -1)
	})
}

// restart records the intent of a creation that was NOT_SENT.
func (s *Service) restart(ctx context.Context, r *run) {
	r.lease = s.journal.Lease()
	inTime := r.refuseAfter(ctx)
	err := s.reopen(ctx, r)
	isLate := !inTime()
	switch {
	case err == nil && !isLate:
		r.own()
	case isForCaller(err):
		r.end(nil, err)
	case !isLate && errors.Is(err, journal.ErrGap): // not written
		r.reread()
	case errors.Is(err, journal.ErrBusy):
		r.beginTimeout = customerBusy(r.key.Provider)
		r.reread()
		if isLate {
			r.end(nil, r.beginTimeout)
		} else if err := s.awaitHolder(ctx, r.order); err != nil {
			r.end(nil, err)
		}
	case !isLate && errors.Is(err, journal.ErrConflict): // another request was first
		r.reread()
	default:
		r.reply(nil, journalUnavailable(err))
		s.withdraw(r.job)
		r.end(nil, journalUnavailable(err))
	}
}

func (s *Service) reopen(ctx context.Context, r *run) error {
	if err := move(r.record, restarted, caller); err != nil {
		return err
	}
	payload := r.record.Payload
	payload.ExclusiveKey, payload.LooksFirst, payload.Released = r.creation.Key(), r.creation.LooksFirst(), false
	if r.record.PayloadDropped {
		payload.Request, payload.Incomplete = storable(r.order.request)
		r.record.PayloadDropped, r.record.RequestChanged = false, true
	}
	payload.UnattendedSends, payload.Gap = 0, false
	payload.AskedTime = timestamppb.New(r.order.asked)
	if err := s.underGap(r.record, s.journal.Gap()); err != nil {
		return err
	}
	r.record.Owner = s.journal.Replica()
	ctx, cancel := detached(ctx)
	defer cancel()
	return s.replace(ctx, r.writer, r.record, -1)
}

// awaitHolder waits for the creation that is open for the same customer. It returns the caller's
// error unless the run may go on.
func (s *Service) awaitHolder(ctx context.Context, o *order) error {
	holder, err := s.journal.FindOpen(ctx, o.key.Provider, o.creation.Key())
	if err != nil {
		return journalUnreadable(err)
	}
	if holder != nil && !s.awaitOther(ctx, holder) {
		return customerBusy(o.key.Provider)
	}
	return nil
}

// awaitOther waits for another creation for the same customer. It looks up that one's customer,
// unless this was done just now. It reports whether the caller has time to try again.
func (s *Service) awaitOther(ctx context.Context, other *journal.Record) bool {
	if other.State != unknown || !other.Due.After(now()) {
		s.helpAlong(ctx, other)
	}
	return sleep(ctx, pollEvery)
}
