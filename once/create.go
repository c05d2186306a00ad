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

// pollEvery is how often a create is looked at that another replica works on.
const pollEvery = 200 * time.Millisecond

// order is a create as it was asked for.
type order struct {
	key         journal.Key
	request     *enlistv1.CreateCustomerRequest
	fingerprint []byte
	creation    providers.Creation
	invalid     error // why there is no creation
}

// Create carries out a create that has passed the contract's validation and has a request_id, for a principal.
//
// The same request_id gives the same answer for as long as the journal remembers; while the first call is under way, the others wait for
// it within their deadline. The context bounds how long the caller waits, not the call to the vendor once bytes may have left.
// With validate_only nothing is recorded, and nothing is looked for in the records. Every error is a *providers.Error.
func (s *Service) Create(ctx context.Context, principal string, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	provider := s.providers[request.GetProvider()]
	o := &order{request: request, fingerprint: fingerprint(request)}
	lookAsAsked := request.GetOnExisting()
	setDefaults(request, provider.Describe())
	o.creation, o.invalid = provider.Prepare(request)
	if request.GetValidateOnly() {
		if o.invalid != nil {
			return nil, o.invalid
		}
		return preview(ctx, provider, o, lookAsAsked)
	}
	id, err := uuid.Parse(request.GetRequestId())
	if err != nil {
		return nil, err // the contract's validation lets no such through
	}
	o.key = journal.Key{Principal: principal, Provider: request.GetProvider(), RequestID: id}

	patience, cancel := patient(ctx)
	defer cancel()
	for {
		f, isNew := s.flights.board(o.key)
		if isNew {
			f.fingerprint = o.fingerprint
			return s.fly(patience, f, func() (*enlistv1.CreateCustomerResponse, error) { return s.carryOut(patience, f, o) })
		}
		isOver := f.isOver.Load()
		select {
		case <-f.landed:
			if !isOver && f.shared != nil && bytes.Equal(f.fingerprint, o.fingerprint) {
				return nil, f.shared
			}
		case <-patience.Done():
			return nil, inProgress(o.key.Provider)
		}
	}
}

// setDefaults fills in what the connection or the contract says where the request does not.
func setDefaults(request *enlistv1.CreateCustomerRequest, description *providers.Description) {
	if request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UNSPECIFIED {
		request.OnExisting = max(description.OnExisting, enlistv1.OnExisting_ON_EXISTING_FAIL)
	}
	if request.GetUnsupportedFields() == enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_UNSPECIFIED {
		request.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT
	}
}

// carryOut records the create and sends it, or answers from what is recorded.
func (s *Service) carryOut(ctx context.Context, f *flight, o *order) (*enlistv1.CreateCustomerResponse, error) {
	if o.invalid != nil {
		return s.answerInvalid(ctx, o)
	}
	record := newRecord(o)
	for {
		step("before-intent")
		existing, busy, err := s.begin(ctx, f, record)
		switch {
		case err != nil:
			return nil, journalUnavailable(err)
		case existing != nil:
			return s.resume(ctx, f, o, existing)
		case busy == nil:
			step("after-intent")
			return s.sendFor(ctx, f, o, record)
		}
		f.late = customerBusy(o.key.Provider)
		if !s.awaitOther(ctx, busy) {
			return nil, f.late
		}
	}
}

func newRecord(o *order) *journal.Record {
	request, incomplete := storable(o.request)
	record := &journal.Record{Key: o.key, Payload: &journalv1.Payload{
		Request: request, Incomplete: incomplete, Fingerprint: o.fingerprint, ExclusiveKey: o.creation.Key(), LooksFirst: o.creation.LooksFirst(),
		AskedTime: timestamppb.Now(),
	}}
	_ = move(record, accepted, caller) // a new record has no state yet
	return record
}

// answerInvalid answers a request that the provider would not take. It may have been taken before its connection's settings changed.
func (s *Service) answerInvalid(ctx context.Context, o *order) (*enlistv1.CreateCustomerResponse, error) {
	existing, err := s.get(ctx, o.key)
	if err != nil || existing == nil || existing.State == notSent || !bytes.Equal(existing.Payload.GetFingerprint(), o.fingerprint) {
		return nil, o.invalid
	}
	s.metrics.replayed.WithLabelValues(existing.Provider).Inc()
	return replay(existing)
}

// begin records the intent. A write that failed may have been made all the same, so it is tried again, and taken back in the end; so is one
// that took longer than the caller had.
func (s *Service) begin(ctx context.Context, f *flight, record *journal.Record) (existing, busy *journal.Record, err error) {
	inTime := f.refuseAfter(ctx)
	for again := 0; ; again++ {
		f.lease = s.journal.Lease()
		existing, busy, err = s.beginOnce(ctx, record)
		if err == nil {
			if again > 0 && existing != nil && s.wrote(existing, 1) {
				existing.Events = record.Events
				*record, existing = *existing, nil // what was thought to have failed
			}
			if existing == nil && busy == nil {
				s.metrics.written(record)
			}
			if !inTime() && existing == nil && busy == nil {
				s.takeBack(record.Key, 1)
				return nil, nil, ctx.Err()
			}
			return existing, busy, nil
		}
		s.log.WarnContext(ctx, "journal: could not record an intent", "provider", record.Provider, "request_id", record.RequestID, "cause", err)
		if again == 2 || !sleep(ctx, 100*time.Millisecond<<again) {
			f.tell(nil, journalUnavailable(err))
			s.takeBack(record.Key, 1)
			return nil, nil, err
		}
	}
}

func (s *Service) beginOnce(ctx context.Context, record *journal.Record) (existing, busy *journal.Record, err error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	return s.journal.Begin(ctx, record)
}

// wrote reports whether a record is an intent that this process has just written as the given version. An intent of another process, now
// dead, may be this one's by now as well; it has a later version, and may have been sent.
func (s *Service) wrote(record *journal.Record, version int64) bool {
	return record.State == intent && record.Owner == s.journal.Replica() && record.Version == version
}

// takeBack makes sure that an intent of which nothing was sent is not left open by a write that failed and was made all the same, as the
// given version.
func (s *Service) takeBack(key journal.Key, version int64) {
	s.untilWritten("withdraw an intent", key, func(ctx context.Context) error {
		record, err := s.get(ctx, key)
		if err != nil || record == nil || !s.wrote(record, version) {
			return err
		}
		if err := move(record, notDone, sender); err != nil {
			return err
		}
		record.Payload.Failure = failureOf(journalUnavailable(nil))
		return s.update(ctx, record, -1)
	})
}

// awaitOther waits until another create for the same customer may have ended, and helps where it can. It reports whether to try again.
func (s *Service) awaitOther(ctx context.Context, other *journal.Record) bool {
	if other.Due.After(time.Now()) && other.State == unknown { // it was looked up just now
		return sleep(ctx, pollEvery)
	}
	s.helpAlong(ctx, other)
	return sleep(ctx, pollEvery)
}

// resume answers from a record that is there, or goes on where it stands.
func (s *Service) resume(ctx context.Context, f *flight, o *order, record *journal.Record) (*enlistv1.CreateCustomerResponse, error) {
	for {
		if !bytes.Equal(record.Payload.GetFingerprint(), o.fingerprint) {
			return nil, reused()
		}
		var err error
		switch {
		case record.State == notSent:
			f.lease = s.journal.Lease()
			written := record.Version + 1
			inTime := f.refuseAfter(ctx)
			err = s.restart(ctx, record, o.creation)
			ended := !inTime()
			if err == nil && !ended {
				return s.sendFor(ctx, f, o, record)
			}
			if errors.Is(err, journal.ErrBusy) {
				f.late = customerBusy(o.key.Provider)
				if ended || !s.awaitHolder(ctx, o) {
					return nil, f.late
				}
			} else if ended || !errors.Is(err, journal.ErrConflict) {
				f.tell(nil, journalUnavailable(err))
				s.takeBack(o.key, written)
				return nil, journalUnavailable(err)
			}
		case !record.IsOpen():
			s.metrics.replayed.WithLabelValues(record.Provider).Inc()
			return replay(record)
		default:
			taken, err := s.take(ctx, f, record)
			if err != nil {
				return nil, journalUnreadable(err)
			}
			if taken != nil {
				return s.settleFor(ctx, f, o, taken)
			}
			if !sleep(ctx, pollEvery) { // another replica is at work on it
				return nil, inProgress(o.key.Provider)
			}
		}
		if record, err = s.get(ctx, o.key); err != nil {
			return nil, journalUnreadable(err)
		}
		if record == nil {
			return s.carryOut(ctx, f, o) // its retention has just ended
		}
	}
}

// restart opens a create again of which nothing was done.
func (s *Service) restart(ctx context.Context, record *journal.Record, creation providers.Creation) error {
	if err := move(record, restarted, caller); err != nil {
		return err
	}
	payload := record.Payload
	payload.ExclusiveKey, payload.LooksFirst, payload.Released = creation.Key(), creation.LooksFirst(), false
	payload.UnattendedSends = 0
	payload.AskedTime = timestamppb.Now()
	record.Owner = s.journal.Replica()
	ctx, cancel := detached(ctx)
	defer cancel()
	return s.replace(ctx, record, -1)
}

// awaitHolder waits for the create that is open for the same customer.
func (s *Service) awaitHolder(ctx context.Context, o *order) bool {
	holder, err := s.journal.FindOpen(ctx, o.key.Provider, o.creation.Key())
	if err != nil {
		return false
	}
	return holder == nil || s.awaitOther(ctx, holder)
}

// replay answers from the record of a create that has ended, or awaits a person.
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
