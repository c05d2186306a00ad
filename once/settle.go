package once

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// maxFruitless is the number of look-ups after which a person decides, if the vendor refuses them
// or its response cannot be read. A vendor that cannot be reached is asked without limit.
const maxFruitless = 20

// errNoLookup says why the present configuration allows no look-up of a creation.
var errNoLookup = errors.New("the configuration allows no look-up")

// settle finds the outcome of an open creation that this run owns. It looks up the customer,
// carries out the decision, and writes the record.
func (s *Service) settle(ctx context.Context, r *run) {
	next := s.settleOnce(ctx, r)
	switch record := r.record; {
	case r.hold == ready: // the next effect sends it again
	case record.State == unknown:
		_, r.err = replay(record)
		r.proceed(ctx, next)
	case r.opened && record.State == succeeded:
		r.end(record.Payload.GetResponse(), nil)
	default:
		r.end(replay(record))
	}
}

// settleOnce does one look-up and writes what follows from it. It returns the time until the next
// look-up if the outcome is still unknown.
func (s *Service) settleOnce(ctx context.Context, r *run) (next time.Duration) {
	record := r.record
	step("settle")
	if record.State == intent {
		s.abandon(record)
		if record.State != unknown {
			return s.giveBack(ctx, r, 0)
		}
	}
	if r.order != nil {
		record.Payload.UnattendedSends = 0
	}
	// The wait is read before the look-up. A look-up that left too early proves nothing, however
	// late its response arrives.
	left := s.observe(record, s.settledAfter(record.Provider))
	made := &tries{}
	candidates, err := s.lookUp(ctx, record, &r.creation, made, false)
	made.addTo(record.Payload)
	if err != nil && ctx.Err() != nil { // the caller left or Enlist stops: this look-up does not count
		return s.giveBack(ctx, r, firstLookupAfter)
	}
	record.Payload.Lookups++
	if err != nil && !isReason(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED) {
		what, why := afterFailedLookup(s.lookupFactsOf(record, err, left))
		if record.Payload.Reason = reasonWith(why, nil); what == askPerson {
			s.must(move(record, undecidable, settler))
			return s.giveBack(ctx, r, 0)
		}
		s.log.WarnContext(ctx, "could not look up an unknown outcome; trying again", "provider", record.Provider,
			"request_id", record.RequestID, "reason", asError(err).Reason.String(), "cause", asError(err).Cause)
		return s.giveBack(ctx, r, backOff(record.Payload.GetLookups()))
	}
	resting := restLeft(record.Payload, r.order == nil || r.sends > 0)
	f := s.factsOf(r, left, resting)
	if err != nil { // the vendor offers no look-up
		f.class = noneToAsk
	}
	ours, other := f.count(candidates)
	switch what := decide(f); what {
	case resend:
		return s.sendAgain(ctx, r, f.attended)
	case wait:
		record.Payload.Reason = reasonWith(whyOpen(latestSend(record)), candidates)
		return s.stayUnknown(ctx, r, f, left, resting)
	default:
		if what == askPerson {
			record.Payload.Reason = reasonWith(whyPerson(f), candidates)
		}
		s.carryOut(record, what, ours, other)
		return s.giveBack(ctx, r, 0)
	}
}

// lookupFactsOf returns what matters about a look-up that failed with an error.
func (s *Service) lookupFactsOf(record *journal.Record, err error, left time.Duration) lookupFacts {
	isFinal := isReason(err, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_VENDOR_REJECTED)
	return lookupFacts{
		early: s.isEarly(record), impossible: errors.Is(err, errNoLookup),
		fruitless: isFinal && left == 0 && record.Payload.GetLookups() >= maxFruitless,
	}
}

// factsOf returns what matters for the decision beside the customers that the look-up found. left
// is what remains of the vendor's limit, and resting of the pause before the next send.
func (s *Service) factsOf(r *run, left, resting time.Duration) facts {
	payload, attended := r.record.Payload, r.order != nil
	failure := payload.GetFailure()
	return facts{
		class: s.class(r.record.Provider), onExisting: payload.GetRequest().GetOnExisting(), waited: left == 0,
		saidDone: failure.GetConfirm() == journalv1.Confirmation_CONFIRMATION_BY_CUSTOMER,
		refusal:  refusalOf(payload), saidExists: failure.GetReason() == enlistv1.ErrorReason_CUSTOMER_EXISTS,
		attended: attended && r.sends < sendsPerRequest, canFinish: !payload.GetIncomplete() && s.isEarly(r.record),
		unattended: int(payload.GetUnattendedSends()), rested: resting == 0,
	}
}

// carryOut changes the record to the outcome that was decided. ours and other are the responses
// with the customers that the look-up found.
func (s *Service) carryOut(record *journal.Record, what decision, ours, other *enlistv1.CreateCustomerResponse) {
	payload := record.Payload
	switch what {
	case takeOurs:
		s.succeed(record, ours)
	case takeOther:
		s.succeed(record, other)
	case exist:
		payload.Failure = failureOf(s.describe(record.Provider).CustomerExists(payload.GetFailure().GetVendor()))
		s.must(move(record, exists, settler))
	case refuse:
		s.must(move(record, refused, settler))
	case giveUp:
		payload.Failure, payload.BelievedMissing = failureOf(notThere(record)), true
		s.must(move(record, missing, settler))
	case askPerson:
		s.must(move(record, undecidable, settler))
	default: // resend and wait give no outcome
	}
}

// stayUnknown writes a record that is still UNKNOWN. It returns the time until the next look-up,
// which is no later than the end of the vendor's limit and of the pause before the next send.
func (s *Service) stayUnknown(ctx context.Context, r *run, f facts, left, resting time.Duration) time.Duration {
	next := backOff(r.record.Payload.GetLookups())
	if left > 0 {
		next = min(next, left+10*time.Millisecond)
	}
	if resting > 0 && f.maySend() {
		next = min(next, resting)
	}
	if r.order != nil { // the run of the caller looks it up first
		return s.giveBackUntil(ctx, r, next, next+followFor)
	}
	return s.giveBack(ctx, r, next)
}

// count counts the candidates by their match. It returns the response with the customer that is
// ours, and the one with the last of the other customers.
func (f *facts) count(candidates []candidate) (ours, other *enlistv1.CreateCustomerResponse) {
	for _, candidate := range candidates {
		switch candidate.Match {
		case providers.MatchOurs:
			f.ours++
			ours = candidate.Response
			continue
		case providers.MatchOther:
			f.others++
		default:
			f.unclear++
			if candidate.isDoubtful && len(candidate.differences) == 0 {
				f.claimed++
			}
		}
		other = candidate.Response
		if candidate.Near {
			f.near++
		}
	}
	return ours, other
}

// refusalOf returns what must confirm the refusal of the latest send. An earlier send whose outcome
// is open may have caused the refusal.
func refusalOf(payload *journalv1.Payload) refusal {
	failure := payload.GetFailure()
	switch {
	case !payload.GetRefusedAgain():
		return notRefused
	case payload.GetUnansweredSends() > 0, failure.GetReason() == enlistv1.ErrorReason_CUSTOMER_EXISTS,
		failure.GetConfirm() == journalv1.Confirmation_CONFIRMATION_AFTER_LAG:
		return needsLateLookup
	}
	return needsLookup
}

// isEarly reports whether a creation may still be sent without its caller (finish_within).
func (s *Service) isEarly(record *journal.Record) bool {
	return since(record.Payload.GetAskedTime().AsTime()).Abs() < s.finishWithin
}

// lookUp looks the customer up at the vendor. Without a caller it makes the creation from the
// recorded request. With readOnly, it changes nothing at the vendor.
func (s *Service) lookUp(
	ctx context.Context, record *journal.Record, creation *providers.Creation, made *tries, readOnly bool,
) (candidates []candidate, err error) {
	defer func() { // the run must go on and release the record
		if value := recover(); value != nil {
			s.log.ErrorContext(ctx, "panic in a provider", "provider", record.Provider, "cause", panicked(value), "stack", string(debug.Stack()))
			candidates, err = nil, panicked(value)
		}
	}()
	provider := s.providers[record.Provider]
	if provider == nil {
		return nil, fmt.Errorf("%w: the provider is no longer configured", errNoLookup)
	}
	if *creation == nil {
		request, _ := proto.Clone(record.Payload.GetRequest()).(*enlistv1.CreateCustomerRequest)
		if *creation, err = provider.Prepare(request); err != nil {
			return nil, fmt.Errorf("%w: the provider no longer accepts the request: %w", errNoLookup, err)
		}
	}
	ctx = providers.WithObserver(ctx, &providers.Observer{Exchanged: made.add, Failed: made.failed, Counted: isCounted(record)})
	found, err := (*creation).FindCustomer(ctx, sentOf(record, readOnly))
	step("after-lookup")
	if err == nil {
		err = ctx.Err() // the response may miss objects beside the customer, which the next look-up reads
	}
	if err != nil {
		return nil, err
	}
	for _, one := range found {
		candidates = append(candidates, candidate{Candidate: one, differences: provider.Describe().Differences(&one)})
	}
	return candidates, s.disown(ctx, record, candidates)
}

// sentOf returns what a record shows about its sends.
func sentOf(record *journal.Record, readOnly bool) providers.Sent {
	since := record.Payload.GetUnknownSince()
	if since == nil {
		since = record.Payload.GetAskedTime()
	}
	return providers.Sent{Since: since.AsTime(), Looked: record.Payload.GetReleased(), ReadOnly: readOnly}
}

// disown corrects a match that rests on content alone if the journal shows that another creation
// made or adopted that customer. Where the caller chooses the id, the customer may still be ours:
// made after the other was deleted, unless the vendor refused our only send. If another creation
// for the same key awaits a person, either may have made it.
func (s *Service) disown(ctx context.Context, record *journal.Record, candidates []candidate) error {
	class := s.class(record.Provider)
	byMatch := class == verifiableByMatch
	if !byMatch && record.Payload.GetRequest().GetOnExisting() != enlistv1.OnExisting_ON_EXISTING_FAIL {
		return nil
	}
	doubtful := restingOnContent(candidates, byMatch)
	if len(doubtful) == 0 {
		return nil
	}
	claims, err := s.journal.FindClaims(ctx, record.Provider, record.Payload.GetExclusiveKey())
	if err != nil {
		return journalUnreadable(err)
	}
	isDisputed := slices.ContainsFunc(claims, func(other *journal.Record) bool { return other.State == needsPerson && other.Key != record.Key })
	refusedOnce := record.Payload.GetUnansweredSends() == 0 && sentOnce(record.Payload)
	for _, candidate := range doubtful {
		claim, err := s.claimOf(ctx, record, claims, candidate.id())
		if err != nil {
			return err
		}
		isClaimed := claim != nil
		isOthers := byMatch || refusedOnce && (candidate.Match == providers.MatchOurs || class == enforcedByKey) // no two have that key
		switch {
		case isClaimed && isOthers && !isDisputed:
			candidate.Match = providers.MatchOther
		case isClaimed, isDisputed:
			candidate.Match, candidate.isDoubtful = providers.MatchUnclear, true
		}
	}
	return nil
}

// restingOnContent returns the candidates whose match rests on their content alone.
func restingOnContent(candidates []candidate, byMatch bool) (doubtful []*candidate) {
	for i := range candidates {
		candidate := &candidates[i]
		if candidate.Match == providers.MatchUnclear || candidate.Match == providers.MatchOurs && (candidate.ContentOnly || byMatch) {
			doubtful = append(doubtful, candidate)
		}
	}
	return doubtful
}

// claimOf returns the record of another creation that made or adopted the customer with this id. It
// returns nil if the journal has none.
func (s *Service) claimOf(ctx context.Context, record *journal.Record, claims []*journal.Record, id string) (*journal.Record, error) {
	maker, err := s.journal.FindCustomer(ctx, record.Provider, id)
	if err != nil {
		return nil, journalUnreadable(err)
	}
	if maker != nil && maker.Key != record.Key && !s.isForgotten(maker) {
		return maker, nil
	}
	for _, other := range claims {
		if other.Key != record.Key && other.Payload.GetCustomerId() == id {
			return other, nil
		}
	}
	return nil, nil //nolint:nilnil // said above
}

// sentOnce reports whether bytes of at most one create request of this creation may have left.
func sentOnce(payload *journalv1.Payload) bool {
	sends := 0
	for _, try := range payload.GetTries() {
		if hasLeft(try) {
			sends++
		}
	}
	return sends <= 1
}

// sendAgain records the intent to send a creation again. The look-up has not found its customer.
func (s *Service) sendAgain(ctx context.Context, r *run, attended bool) (next time.Duration) {
	record := r.record
	s.must(move(record, sendAgain, settler))
	if !attended {
		record.Payload.UnattendedSends++
	}
	record.Payload.LooksFirst = r.creation.LooksFirst() // Released stays: the customer was absent before the first send
	record.Owner = s.journal.Replica()
	r.lease = s.journal.Lease()
	step("before-resend")
	if err := s.update(ctx, r.job, record, -1); err != nil {
		s.log.ErrorContext(ctx, "journal: could not record another attempt, so Enlist sent nothing", "provider", record.Provider,
			"request_id", record.RequestID, "cause", err)
		s.must(move(record, unanswered, sender))
		return s.giveBack(ctx, r, firstLookupAfter)
	}
	step("after-resend-intent")
	r.hold, r.resent = ready, true
	return 0
}

func (s *Service) succeed(record *journal.Record, response *enlistv1.CreateCustomerResponse) {
	record.Payload.Response, record.Payload.CustomerId, record.Payload.Failure = response, response.GetCustomer().GetId(), nil
	s.must(move(record, found, settler))
}

// giveBack writes a record after a look-up and releases it. next is the time until the next look-up
// if it is still UNKNOWN.
func (s *Service) giveBack(ctx context.Context, r *run, next time.Duration) time.Duration {
	return s.giveBackUntil(ctx, r, next, next)
}

// giveBackUntil is giveBack for a run with a caller. The run looks up again after next, and the
// record is due later, so that the run is the first.
func (s *Service) giveBackUntil(ctx context.Context, r *run, next, due time.Duration) time.Duration {
	record := r.record
	r.hold = free
	if record.State != unknown {
		due = -1
		if record.State != needsPerson { // the decision of a person needs the wait, too
			s.observed.forget(record.Key)
		}
		logSettled(ctx, s.log, record)
	}
	step("before-settled")
	if s.write(r.job, record, due, nil) != nil { // another replica has taken it over
		if current, err := s.get(ctx, record.Key); err == nil && current != nil {
			*record = *current
		} else {
			record.State = unknown // for the response to this caller
		}
	}
	step("after-settled")
	return next
}

// logSettled logs that a record is no longer UNKNOWN. It warns if a person must decide.
func logSettled(ctx context.Context, log *slog.Logger, record *journal.Record) {
	if record.State == needsPerson {
		log.WarnContext(ctx, "an operation needs a person", "provider", record.Provider, "request_id", record.RequestID,
			"reason", record.Payload.GetReason().GetCode().String())
		return
	}
	log.InfoContext(ctx, "an unknown outcome is now known", "provider", record.Provider, "request_id", record.RequestID, "state", record.State.String())
}
