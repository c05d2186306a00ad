package once

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// pollEvery is the pause between two reads of a creation that another replica works on.
const pollEvery = 200 * time.Millisecond

// order is the creation that a caller requested.
type order struct {
	key         journal.Key
	request     *enlistv1.CreateCustomerRequest
	fingerprint []byte
	asked       time.Time
	creation    providers.Creation
	invalid     error // why the provider made no creation of it
}

// Create creates a customer for a principal. The request has passed the contract's validation and
// has a request_id. Create returns the same response for the same request_id for as long as the
// journal keeps the record. While the first request runs, others with its request_id wait for it
// within their deadline. The context bounds the caller's wait. It bounds the request to the vendor
// only until the first byte may have been written. With validate_only, Create neither writes nor
// reads the journal. Every error is a *providers.Error.
func (s *Service) Create(ctx context.Context, principal string, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	provider := s.providers[request.GetProvider()]
	o := &order{request: request, fingerprint: fingerprint(request), asked: now()}
	onExisting := request.GetOnExisting() // as requested
	setDefaults(request, provider.Describe())
	o.creation, o.invalid = provider.Prepare(request)
	if request.GetValidateOnly() {
		if o.invalid != nil {
			return nil, o.invalid
		}
		return preview(ctx, provider, o, onExisting)
	}
	id, err := uuid.Parse(request.GetRequestId())
	if err != nil {
		return nil, err // the contract's validation rejects such an id
	}
	o.key = journal.Key{Principal: principal, Provider: request.GetProvider(), RequestID: id}

	ctx, cancel := callerContext(ctx)
	defer cancel()
	for {
		j, isNew := s.jobs.start(o.key)
		if isNew {
			j.fingerprint = o.fingerprint
			return s.runJob(ctx, j, func() (*enlistv1.CreateCustomerResponse, error) {
				if o.invalid != nil {
					return s.createInvalid(ctx, o)
				}
				return s.drive(ctx, &run{job: j, order: o, creation: o.creation})
			})
		}
		if err := j.join(ctx, o.fingerprint); err != nil {
			return nil, err
		}
	}
}

// setDefaults sets unset values of a request to the defaults of the connection and the contract.
func setDefaults(request *enlistv1.CreateCustomerRequest, description *providers.Description) {
	if request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UNSPECIFIED {
		request.OnExisting = max(description.OnExisting, enlistv1.OnExisting_ON_EXISTING_FAIL)
	}
	if request.GetUnsupportedFields() == enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_UNSPECIFIED {
		request.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT
	}
}

func newRecord(o *order) *journal.Record {
	request, incomplete := storable(o.request)
	record := &journal.Record{Key: o.key, Payload: &journalv1.Payload{
		Request: request, Incomplete: incomplete, Fingerprint: o.fingerprint, ExclusiveKey: o.creation.Key(), LooksFirst: o.creation.LooksFirst(),
		AskedTime: timestamppb.New(o.asked),
	}}
	_ = move(record, accepted, caller) // legal, because a new record has no state
	return record
}

// createInvalid responds to a request that the provider does not accept. The provider may have
// accepted it before the settings of its connection changed, so a recorded outcome is replayed.
func (s *Service) createInvalid(ctx context.Context, o *order) (*enlistv1.CreateCustomerResponse, error) {
	existing, err := s.get(ctx, o.key)
	if err != nil || existing == nil || existing.State == notSent || !bytes.Equal(existing.Payload.GetFingerprint(), o.fingerprint) {
		return nil, o.invalid
	}
	s.metrics.replayed.WithLabelValues(existing.Provider).Inc()
	return replay(existing)
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
		r.record, r.recorded, r.hold, r.opened = record, true, ready, true
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
		j.lease = s.journal.Lease()
		existing, busy, err = s.recordIntentOnce(ctx, j, record)
		if err == nil {
			return existing, busy, nil
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
	return s.journal.Begin(ctx, record)
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

// awaitOther waits for another creation for the same customer. It looks up that one's customer,
// unless this was done just now. It reports whether the caller has time to try again.
func (s *Service) awaitOther(ctx context.Context, other *journal.Record) bool {
	if other.State != unknown || !other.Due.After(now()) {
		s.helpAlong(ctx, other)
	}
	return sleep(ctx, pollEvery)
}

// restart records the intent of a creation that was NOT_SENT.
func (s *Service) restart(ctx context.Context, r *run) {
	r.lease = s.journal.Lease()
	inTime := r.refuseAfter(ctx)
	err := s.reopen(ctx, r)
	isLate := !inTime()
	switch {
	case err == nil && !isLate:
		r.hold, r.opened = ready, true
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
	payload.UnattendedSends = 0
	payload.AskedTime = timestamppb.New(r.order.asked)
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

// replay returns the response that a record holds.
func replay(record *journal.Record) (*enlistv1.CreateCustomerResponse, error) {
	switch record.State {
	case succeeded:
		response, _ := proto.Clone(record.Payload.GetResponse()).(*enlistv1.CreateCustomerResponse)
		response.Replayed = true
		return response, nil
	case failed, notSent:
		return nil, Error(record.Payload.GetFailure())
	case needsPerson:
		return nil, awaitsPerson(record)
	default:
		return nil, stillUnknown(record)
	}
}
