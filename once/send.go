package once

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// maxCalls is how often one call of a caller sends a creation, and how often an attempt is repeated
// of which no byte left.
const maxCalls = 4

// send calls the vendor for a creation in state INTENT, and records the outcome.
func (s *Service) send(ctx context.Context, r *run) {
	made, began := &tries{}, now()
	r.sends++
	var response *enlistv1.CreateCustomerResponse
	var err error
	for calls := 1; ; calls++ {
		response, err = s.call(ctx, r, made)
		wait, again := retryAfter(err, calls)
		if !again || made.left() || !fits(ctx, wait) || !sleep(ctx, wait) {
			break
		}
	}
	left := made.left()
	made.addTo(r.record.Payload)
	if isOpenAttempt(r.record.Payload) { // which may have created the customer
		switch response.GetOutcome() {
		case enlistv1.Outcome_OUTCOME_ADOPTED:
			response, err = nil, s.describe(r.record.Provider).CustomerExists(nil)
		case enlistv1.Outcome_OUTCOME_UPDATED:
			response.Outcome = enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
		default:
		}
	}
	step("before-end")
	s.conclude(ctx, r, began, resultOf(err, left), reply{response, err})
}

// call calls the provider once. From the moment that the first byte may have been written, the call
// goes on without its caller.
func (s *Service) call(ctx context.Context, r *run, made *tries) (response *enlistv1.CreateCustomerResponse, err error) {
	record := r.record
	a := newAttempt(ctx, s.life)
	defer a.end()
	r.attempt.Store(a)
	defer func() {
		if value := recover(); value != nil {
			s.log.ErrorContext(ctx, "panic in a provider", "provider", record.Provider, "cause", panicked(value), "stack", string(debug.Stack()))
			err = asError(panicked(value))
			if a.isConnected() {
				err = stillUnknown(record)
			}
		}
	}()
	return r.creation.CreateCustomer(providers.WithObserver(a, &providers.Observer{
		BeforeSend: func(ctx context.Context, shown bool) error { return s.release(ctx, r, shown) },
		Connected: func() error {
			step("connected")
			if err := s.checkLease(r.job); err != nil {
				return err
			}
			a.connect()
			return nil
		},
		Exchanged: made.add,
		Counted:   isOpenAttempt(record.Payload),
	}))
}

// isOpenAttempt reports whether a creation has been sent before and its outcome is not proven. The
// circuit breaker has then counted it already.
func isOpenAttempt(payload *journalv1.Payload) bool {
	return payload.GetUnansweredSends() > 0 || payload.GetRefusedAgain()
}

// release lets a create request go out. A creation that has looked first says so in the journal, so
// that whoever finds it after a crash knows whether bytes can have left, and that the customer was
// not there before. If the look-up found nothing, it is not trusted while the vendor may not yet
// show what another creation has made; if it showed the customer, it is. A replica that others may
// have taken for dead since the record became its own sends nothing.
func (s *Service) release(ctx context.Context, r *run, shown bool) error {
	record := r.record
	if record.Payload.GetLooksFirst() && !record.Payload.GetReleased() {
		if !shown {
			if err := s.checkLook(ctx, record, r.creation.Key()); err != nil {
				return err
			}
		}
		step("before-release")
		record.Payload.Released = true
		if err := s.update(ctx, r.job, record, -1); err != nil {
			record.Payload.Released = false
			return journalUnavailable(err)
		}
	}
	step("before-send")
	return s.checkLease(r.job)
}

// checkLease refuses to send when others may have taken this replica for dead since the record became its own. It is asked before a connection is
// made, and again when it is there, since a process can be stopped for long at any moment: what is left is the moment of the write.
func (s *Service) checkLease(j *job) error {
	if !s.journal.Holds(j.lease) {
		return journalUnavailable(errors.New("this replica did not renew its lease in time"))
	}
	return nil
}

// checkLook refuses to send a creation whose look-up has found nothing if another one made that
// customer so lately that the vendor need not show it yet. Since this creation is open, the other
// has ended. If the vendor has stored the other's key in another form, it may take this key for the
// same and still not show it.
func (s *Service) checkLook(ctx context.Context, record *journal.Record, id string) error {
	settledAfter := s.settledAfter(record.Provider)
	isUpdate := record.Payload.GetRequest().GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE
	other, err := s.journal.FindNearCustomer(ctx, record.Provider, id)
	switch {
	case err != nil:
		return journalUnavailable(err)
	case other == nil || other.Key == record.Key:
		return nil
	case mayBeHidden(since(other.Updated), settledAfter), s.observed.madeWithin(record.Provider, id, settledAfter):
		return customerNotShown(record.Provider)
	case other.Payload.GetCustomerId() != other.Payload.GetExclusiveKey() && !isUpdate:
		return providers.NotSent(s.describe(record.Provider).CustomerNearlyExists()) // though the vendor does not show it under this key
	}
	return nil
}

// retryAfter says whether an attempt of which no byte left is repeated, and when: the vendor could
// not be reached. If the circuit breaker holds it back, the caller repeats it: callers who waited
// here would pile up while the vendor is down.
func retryAfter(err error, calls int) (wait time.Duration, again bool) {
	if err == nil || calls == maxCalls {
		return 0, false
	}
	known := asError(err)
	if errors.Is(known, providers.ErrHeldBack) ||
		known.Reason != enlistv1.ErrorReason_VENDOR_UNAVAILABLE || known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT ||
		known.RetryAfter > time.Second { // which the vendor asks for
		return 0, false
	}
	return jitter(100 * time.Millisecond << (2 * (calls - 1))), true
}

// jitter spreads waits over the half before and the half after, so that callers who failed together do not come together.
func jitter(wait time.Duration) time.Duration {
	return wait/2 + rand.N(wait) //nolint:gosec // nothing secret
}

// conclude records how a send ended, and decides how the run goes on.
func (s *Service) conclude(ctx context.Context, r *run, began time.Time, ended result, got reply) {
	record := r.record
	payload := record.Payload
	what := afterSend(ended, payload.GetUnansweredSends(), payload.GetBelievedMissing())
	if ended == created {
		payload.Response, payload.CustomerId, payload.Failure = got.response, got.response.GetCustomer().GetId(), nil // which nobody changes
		if payload.GetLooksFirst() {
			s.observed.note(record)
		}
	} else {
		payload.Failure = failureOf(got.err)
	}
	due := time.Duration(-1)
	if what == unanswered {
		due = lookAt(payload, ended, began)
		if ended != unproven { // the vendor's own words say what to do then
			got.err = stillUnknown(record)
		}
	}
	s.must(move(record, what, sender))
	if what == unanswered {
		s.unknowns.Add(1)
		s.observed.wait(record, 0) // the vendor's own limit is waited out from now on
	}
	var early *reply
	switch {
	case ended == created && (payload.GetReleased() || !payload.GetLooksFirst()): // the customer is there, whatever becomes of the record
		early = &got
	case what == notDone, what == unanswered: // which the same request_id may change
		early = &got
	case what == refused: // perhaps because another replica has sent it as well: what is recorded in the end will tell
		early = &reply{err: stillUnknown(record)}
	}
	if s.write(r.job, record, due, early) != nil { // another replica has taken this one for dead
		if ended == created {
			s.recordLate(r.job, record)
		}
		r.end(s.recorded(ctx, record.Key))
		return
	}
	step("after-end")
	r.response, r.err = got.response, got.err
	switch {
	case record.State != unknown:
		r.over = true
	case payload.GetRefusedAgain() && !r.resent:
		r.proceed(ctx, 0)
	case r.resent:
		r.proceed(ctx, pause(payload))
	default:
		r.proceed(ctx, restLeft(payload, true))
	}
}

// recorded returns the response that the journal holds now.
func (s *Service) recorded(ctx context.Context, key journal.Key) (*enlistv1.CreateCustomerResponse, error) {
	record, err := s.get(ctx, key)
	if err != nil || record == nil {
		return nil, journalUnreadable(err)
	}
	return replay(record)
}

// lookAt takes note of how a send ended that leaves its creation UNKNOWN, and says when to look: at
// once after the first, and after a refusal, unless the call that sent it goes on with it. One that
// comes after others and settles nothing is not to be followed by another soon.
func lookAt(payload *journalv1.Payload, ended result, began time.Time) time.Duration {
	first := payload.GetUnansweredSends() == 0
	switch ended {
	case noAnswer, unproven:
		countUnanswered(payload, began)
		if ended == unproven {
			return max(2*followFor, pause(payload)) // the call that sent it may go on with it
		}
		if first {
			return 0
		}
	case rejected, doubted:
		noteSent(payload, began)
		payload.Lookups, payload.RefusedAgain, payload.BelievedMissing = 0, true, false
		if ended == doubted {
			return 2 * followFor
		}
		return 0
	default:
	}
	return pause(payload)
}

// countUnanswered takes note of a send whose outcome is not proven, which can have left from a time
// on.
func countUnanswered(payload *journalv1.Payload, from time.Time) {
	noteSent(payload, from)
	payload.UnansweredSends++
	payload.Lookups, payload.RefusedAgain, payload.BelievedMissing = 0, false, false
}

// noteSent takes note of the time from which on the first send whose outcome is not proven can have
// left.
func noteSent(payload *journalv1.Payload, from time.Time) {
	if payload.GetUnknownSince() == nil {
		payload.UnknownSince = timestamppb.New(from)
	}
}

// resultOf says how an attempt ended. left says that bytes of a create request may have left.
func resultOf(err error, left bool) result {
	if err == nil {
		return created
	}
	switch known := asError(err); {
	case known.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN:
		return noAnswer
	case known.Reason == enlistv1.ErrorReason_CUSTOMER_EXISTS && left: // it may be ours: a proxy may have repeated the request
		return doubted
	case known.Reason == enlistv1.ErrorReason_VENDOR_REJECTED && left && known.Confirm != providers.ConfirmNothing:
		return doubted
	case known.Reason == enlistv1.ErrorReason_CUSTOMER_EXISTS, known.Reason == enlistv1.ErrorReason_VENDOR_REJECTED:
		return rejected
	case left:
		return unproven
	}
	return nothingSent
}

// recordLate records the vendor's response to a sender that others have taken for dead.
func (s *Service) recordLate(j *job, record *journal.Record) {
	s.untilWritten("record a late response", record.Key, func(ctx context.Context) error {
		current, err := s.get(ctx, record.Key)
		if err != nil || current == nil || current.State == succeeded {
			return err
		}
		if current.State == intent && current.Owner != s.journal.Replica() {
			return errors.New("another replica is making another attempt")
		}
		if current.State == intent { // another was, and has died
			s.abandon(current)
		}
		if illegal := move(current, lateAnswer, sender); illegal != nil {
			s.log.ErrorContext(ctx, "a late response contradicts the recorded outcome", "provider", record.Provider, "request_id", record.RequestID,
				"state", current.State.String())
			return nil //nolint:nilerr // there is nothing to write, however often it is tried
		}
		current.Payload.Response, current.Payload.CustomerId = record.Payload.GetResponse(), record.Payload.GetCustomerId()
		current.Payload.Tries, current.Payload.Failure = record.Payload.GetTries(), nil
		return s.update(ctx, j, current, -1)
	})
}
