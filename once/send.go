package once

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// maxAttempts is how often one send calls the provider while no byte leaves.
const maxAttempts = 4

// send calls the vendor for a creation in state INTENT, and records the outcome.
func (s *Service) send(ctx context.Context, r *run) {
	made, began := &tries{}, now()
	r.sends++
	var response *enlistv1.CreateCustomerResponse
	var err error
	for attempts := 1; ; attempts++ {
		response, err = s.attemptCreate(ctx, r, made)
		wait, again := retryAfter(err, attempts)
		if !again || made.left() || !fits(ctx, wait) || !sleep(ctx, wait) {
			break
		}
	}
	left := made.left()
	made.addTo(r.record.Payload)
	if isOpenAttempt(r.record.Payload) { // an earlier send may have created the customer
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

// attemptCreate calls the provider once. From the moment that the first byte may have been written,
// the attempt goes on without its caller.
func (s *Service) attemptCreate(ctx context.Context, r *run, made *tries) (response *enlistv1.CreateCustomerResponse, err error) {
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
		Failed:    made.failed,
		Counted:   isCounted(record),
	}))
}

// release permits a create request. If the provider looked the customer up first, release records
// this before the request: after a crash the record then shows whether bytes can have left, and
// that the customer was absent. A look-up that showed the customer counts at once. One that found
// nothing counts only if no other creation made the customer so lately that the vendor need not
// show it yet. release refuses if other replicas may have taken the record over.
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

// checkLease fails if other replicas may have taken this one for dead since it became the owner of
// the record. It runs before the provider connects and again when the connection is open, because
// a process can stop for long at any moment. Only the moment of the write remains.
func (s *Service) checkLease(j *job) error {
	if !s.journal.Holds(j.lease) {
		return journalUnavailable(errors.New("this replica did not renew its lease in time"))
	}
	return nil
}

// checkLook checks a look-up before a send that found nothing. It fails if another creation made
// that customer so lately that the vendor need not show it yet. That creation has ended, because
// this one is open. If the vendor stored the other key in another form, it may treat both keys as
// equal and still not show the customer.
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
	case s.journal.HasOtherForm(other) && !isUpdate:
		return providers.NotSent(s.describe(record.Provider).CustomerNearlyExists()) // the vendor does not show it under this key
	}
	return nil
}

// retryAfter reports whether a send calls the provider again, and after which wait. It does so if
// the vendor could not be reached. It does not wait for the circuit breaker, since waiting callers
// would pile up while the vendor is down.
func retryAfter(err error, attempts int) (wait time.Duration, again bool) {
	if err == nil || attempts == maxAttempts {
		return 0, false
	}
	failure := asError(err)
	if errors.Is(failure, providers.ErrBreakerRefused) ||
		failure.Reason != enlistv1.ErrorReason_VENDOR_UNAVAILABLE || failure.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT ||
		failure.RetryAfter > time.Second { // the vendor asks for more time
		return 0, false
	}
	return jitter(100 * time.Millisecond << (2 * (attempts - 1))), true
}

// conclude records the outcome of a send, and decides how the run goes on.
func (s *Service) conclude(ctx context.Context, r *run, began time.Time, ended result, got reply) {
	record := r.record
	payload := record.Payload
	what := afterSend(ended, payload.GetUnansweredSends(), payload.GetBelievedMissing())
	if ended == created {
		payload.Response, payload.CustomerId, payload.Failure = got.response, got.response.GetCustomer().GetId(), nil // the response is not changed later
		if payload.GetLooksFirst() {
			s.observed.note(record)
		}
	} else {
		payload.Failure = failureOf(got.err)
	}
	due := time.Duration(-1)
	if what == unanswered {
		due = lookAt(payload, ended, began)
		if ended != unproven { // then the vendor's own error says what to do
			got.err = stillUnknown(record)
		}
	}
	s.must(move(record, what, sender))
	if what == unanswered {
		s.unknowns.Add(1)
		s.observe(record, 0) // the wait for the vendor's own limit begins
	}
	if s.write(r.job, record, due, earlyReply(record, what, ended, got)) != nil { // another replica has taken it over
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

// earlyReply returns the reply for a caller if the outcome cannot be recorded yet; nil for none.
func earlyReply(record *journal.Record, what event, ended result, got reply) *reply {
	payload := record.Payload
	switch {
	case ended == created && (payload.GetReleased() || !payload.GetLooksFirst()): // the customer exists, whatever the record says later
		return &got
	case what == notDone, what == unanswered: // the same request_id may change this
		return &got
	case what == refused: // another replica may have sent it as well, so only the recorded outcome counts
		return &reply{err: stillUnknown(record)}
	}
	return nil
}

// lookAt records the end of a send without a proven outcome. It returns the time until the next
// look-up. That is 0 after the first such send and after a refusal. It is longer if the run that
// sent it may look first, and if earlier sends have no proven outcome either.
func lookAt(payload *journalv1.Payload, ended result, began time.Time) time.Duration {
	first := payload.GetUnansweredSends() == 0
	switch ended {
	case noResponse, unproven:
		countUnanswered(payload, began)
		if ended == unproven {
			return max(2*followFor, pause(payload)) // the run that sent it may look first
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

// resultOf returns the result of a send. left says that bytes of a create request may have left.
func resultOf(err error, left bool) result {
	if err == nil {
		return created
	}
	failure := asError(err)
	isRefusal := providers.ConsequencesOf(failure.Reason).GetAction() == enlistv1.CallerAction_CALLER_ACTION_NEW_REQUEST
	switch {
	case failure.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN:
		return noResponse
	case failure.Reason == enlistv1.ErrorReason_CUSTOMER_EXISTS && left: // it may be ours: a proxy may have repeated the request
		return doubted
	case isRefusal && left && failure.Confirm != providers.ConfirmNothing:
		return doubted
	case isRefusal:
		return rejected
	case left:
		return unproven
	}
	return nothingSent
}

// recordLate records the vendor's response if another replica has taken the record over.
func (s *Service) recordLate(j *job, record *journal.Record) {
	s.untilWritten("record a late response", record.Key, func(ctx context.Context) error {
		current, err := s.get(ctx, record.Key)
		if err != nil || current == nil || current.State == succeeded {
			return err
		}
		if current.State == intent && current.Owner != s.journal.Replica() {
			return errors.New("another replica is making another attempt")
		}
		if current.State == intent { // another replica was, and has died
			s.abandon(current)
		}
		if illegal := move(current, lateResponse, sender); illegal != nil {
			s.log.ErrorContext(ctx, "a late response contradicts the recorded outcome", "provider", record.Provider, "request_id", record.RequestID,
				"state", current.State.String())
			return nil //nolint:nilerr // no repeat can write it
		}
		current.Payload.Response, current.Payload.CustomerId = record.Payload.GetResponse(), record.Payload.GetCustomerId()
		current.Payload.Tries, current.Payload.Failure = record.Payload.GetTries(), nil
		return s.update(ctx, j, current, -1)
	})
}
