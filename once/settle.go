package once

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// firstLookupAfter and lastLookupAfter are the least and the greatest time between two look-ups of a create.
	firstLookupAfter = 500 * time.Millisecond
	lastLookupAfter  = 5 * time.Minute
	// maxFruitless is the number of look-ups after which a person decides about a creation if the vendor refuses them or its response
	// cannot be understood. A vendor that cannot be reached is looked at for as long as it takes.
	maxFruitless = 20
)

// errNobodyToAsk is why a create cannot be looked up with the present configuration.
var errNobodyToAsk = errors.New("the configuration allows no look-up")

// followFor is the longest pause for which a call goes on to find out what became of its own send.
const followFor = 5 * time.Second

// isFollowed reports whether the call that sent an open creation goes on with it: the vendor
// refused it, which is to be confirmed, or said when to call again.
func isFollowed(payload *journalv1.Payload) bool {
	failure := payload.GetFailure()
	return payload.GetRefusedAgain() ||
		failure.GetStage() == enlistv1.SendStage_SEND_STAGE_ANSWERED && failure.GetReason() != enlistv1.ErrorReason_OUTCOME_UNKNOWN &&
			failure.GetRetryAfter().AsDuration() > 0
}

// settle finds out the outcome of a creation that this run owns and for which nobody sends. It looks
// the customer up, carries out the decision, and writes it.
func (s *Service) settle(ctx context.Context, r *run) {
	next := s.settleOnce(ctx, r)
	switch record := r.record; {
	case r.hold == ready: // it is sent again
	case record.State == unknown:
		_, r.err = replay(record)
		r.proceed(ctx, next)
	case r.opened && record.State == succeeded:
		r.end(record.Payload.GetResponse(), nil)
	default:
		r.end(replay(record))
	}
}

// settleOnce is settle up to the write. It returns the time until the next look-up if the outcome is
// still unknown.
func (s *Service) settleOnce(ctx context.Context, r *run) (next time.Duration) {
	record := r.record
	step("settle")
	if record.State == intent {
		s.abandon(record)
		if record.State != unknown {
			return s.giveBack(ctx, r, 0)
		}
	}
	attended := r.order != nil
	if attended {
		record.Payload.UnattendedSends = 0
	}
	// Before the look-up: one that left too early proves nothing, however late its response comes.
	left := s.observed.wait(record, s.settledAfter(record.Provider))
	made := &tries{}
	candidates, err := s.lookUp(ctx, record, &r.creation, made)
	made.addTo(record.Payload)
	if err != nil && ctx.Err() != nil { // its caller has gone, or Enlist stops: another look is due as if there had been none
		return s.giveBack(ctx, r, firstLookupAfter)
	}
	record.Payload.Lookups++
	if errors.Is(err, errNobodyToAsk) && !s.isEarly(record) { // the configuration was changed, and not back
		s.must(move(record, undecidable, settler))
		return s.giveBack(ctx, r, 0)
	}
	if isReason(err, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_VENDOR_REJECTED) && left == 0 && !s.isEarly(record) &&
		record.Payload.GetLookups() >= maxFruitless { // nobody here will understand it
		s.must(move(record, undecidable, settler))
		return s.giveBack(ctx, r, 0)
	}
	if err != nil && !isReason(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED) {
		s.log.WarnContext(ctx, "could not look up an unknown outcome; trying again", "provider", record.Provider,
			"request_id", record.RequestID, "reason", asError(err).Reason.String(), "cause", asError(err).Cause)
		return s.giveBack(ctx, r, backOff(record.Payload.GetLookups()))
	}
	resting := restLeft(record.Payload, !attended || r.sends > 0)
	facts := facts{
		class: s.class(record.Provider), onExisting: record.Payload.GetRequest().GetOnExisting(), waited: left == 0,
		saidDone: record.Payload.GetFailure().GetConfirm() == journalv1.Confirmation_CONFIRMATION_BY_CUSTOMER,
		refusal:  refusalOf(record.Payload), saidExists: record.Payload.GetFailure().GetReason() == enlistv1.ErrorReason_CUSTOMER_EXISTS,
		attended: attended && r.sends < maxCalls, canFinish: !record.Payload.GetIncomplete() && s.isEarly(record),
		unattended: int(record.Payload.GetUnattendedSends()), rested: resting == 0,
	}
	if err != nil { // the vendor cannot be asked
		facts.class = noneToAsk
	}
	ours, there := facts.count(candidates)
	switch decide(facts) {
	case takeOurs:
		s.succeed(record, ours)
	case takeOther:
		s.succeed(record, there)
	case exist:
		record.Payload.Failure = failureOf(s.describe(record.Provider).CustomerExists(record.Payload.GetFailure().GetVendor()))
		s.must(move(record, exists, settler))
	case refuse:
		s.must(move(record, refused, settler))
	case giveUp:
		record.Payload.Failure, record.Payload.BelievedMissing = failureOf(notThere(record)), true
		s.must(move(record, missing, settler))
	case askPerson:
		s.must(move(record, undecidable, settler))
	case resend:
		return s.sendAgain(ctx, r, facts.attended)
	case wait:
		next = backOff(record.Payload.GetLookups())
		if left > 0 {
			next = min(next, left+10*time.Millisecond)
		}
		if resting > 0 && facts.maySend() {
			next = min(next, resting)
		}
		if attended { // its caller looks first
			return s.giveBackUntil(ctx, r, next, next+followFor)
		}
	}
	return s.giveBack(ctx, r, next)
}

// count counts the candidates by their match. It returns the response with the customer that is
// ours, and with the latest of the others.
func (f *facts) count(candidates []providers.Candidate) (ours, there *enlistv1.CreateCustomerResponse) {
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
		}
		there = candidate.Response
		if candidate.Near {
			f.near++
		}
	}
	return ours, there
}

// refusalOf says what is still open about the refusal of the latest send. If an earlier send is
// open, that may have caused it.
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

const (
	// firstRest is the pause after the first send whose outcome is not proven. After each further
	// one it is restGrows times as long, up to lastLookupAfter.
	firstRest = 500 * time.Millisecond
	restGrows = 2
)

// restLeft returns how much is left of the pause after the latest send. A vendor that says when to
// call again is obeyed, unless a caller has come again. Clocks only decide how long to be patient
// here, never what is true.
func restLeft(payload *journalv1.Payload, obey bool) time.Duration {
	pause := firstRest
	for range min(payload.GetUnansweredSends(), 10) - 1 {
		pause = min(pause*restGrows, lastLookupAfter)
	}
	if obey {
		pause = max(pause, payload.GetFailure().GetRetryAfter().AsDuration())
	}
	for _, try := range slices.Backward(payload.GetTries()) {
		if try.GetKind() == enlistv1.TryKind_TRY_KIND_SEND {
			ended := try.GetEndTime()
			if ended == nil { // its holder died
				ended = try.GetStartTime()
			}
			return max(pause-since(ended.AsTime()).Abs(), 0)
		}
	}
	return 0
}

// isEarly reports whether a create may still be finished without its caller.
func (s *Service) isEarly(record *journal.Record) bool {
	return since(record.Payload.GetAskedTime().AsTime()).Abs() < s.finishWithin
}

// abandon takes note that whoever held a record in state INTENT is gone.
func (s *Service) abandon(record *journal.Record) {
	payload := record.Payload
	if what := afterDeath(payload.GetLooksFirst(), payload.GetReleased(), payload.GetUnansweredSends()); what == neverSent {
		payload.Failure = failureOf(notThere(record))
		payload.Failure.Stage = enlistv1.SendStage_SEND_STAGE_NOT_SENT
		s.must(move(record, what, settler))
		return
	}
	appendTry(payload, &enlistv1.OperationTry{
		Kind: enlistv1.TryKind_TRY_KIND_SEND, StartTime: payload.GetAskedTime(), Stage: enlistv1.SendStage_SEND_STAGE_SENT,
	})
	countUnanswered(payload, payload.GetAskedTime().AsTime())
	s.must(move(record, abandoned, settler))
}

// lookUp asks the vendor. When no caller is here, creation is made of the recorded request.
func (s *Service) lookUp(
	ctx context.Context, record *journal.Record, creation *providers.Creation, made *tries,
) (candidates []providers.Candidate, err error) {
	defer func() { // whoever settles must give the record back
		if value := recover(); value != nil {
			s.log.ErrorContext(ctx, "panic in a provider", "provider", record.Provider, "cause", panicked(value), "stack", string(debug.Stack()))
			candidates, err = nil, panicked(value)
		}
	}()
	provider := s.providers[record.Provider]
	if provider == nil {
		return nil, fmt.Errorf("%w: the provider is no longer configured", errNobodyToAsk)
	}
	if *creation == nil {
		request, _ := proto.Clone(record.Payload.GetRequest()).(*enlistv1.CreateCustomerRequest)
		if *creation, err = provider.Prepare(request); err != nil {
			return nil, fmt.Errorf("%w: the provider no longer accepts the request: %w", errNobodyToAsk, err)
		}
	}
	ctx = providers.WithObserver(ctx, &providers.Observer{Exchanged: made.add, Counted: isOpenAttempt(record.Payload)})
	candidates, err = (*creation).FindCustomer(ctx, providers.Sent{
		Since: record.Payload.GetUnknownSince().AsTime(), Looked: record.Payload.GetReleased(),
	})
	step("after-lookup")
	if err == nil {
		err = ctx.Err() // what belongs to the create beside the customer may have been cut off: it is for who has more time
	}
	if err != nil {
		return nil, err
	}
	return candidates, s.disown(ctx, record, candidates)
}

// disown corrects what content alone says of a customer. If the journal shows that another creation
// made or adopted it, it is that one's. Where the caller chooses the id, it may still be ours,
// made after that one was deleted, unless the vendor has refused the only send of ours. If another
// creation for the same key awaits a person, either may have made it.
func (s *Service) disown(ctx context.Context, record *journal.Record, candidates []providers.Candidate) error {
	class := s.class(record.Provider)
	byMatch := class == verifiableByMatch
	if !byMatch && record.Payload.GetRequest().GetOnExisting() != enlistv1.OnExisting_ON_EXISTING_FAIL {
		return nil
	}
	restsOnContent := func(candidate providers.Candidate) bool {
		return candidate.Match == providers.MatchUnclear || candidate.Match == providers.MatchOurs && (candidate.Alike || byMatch)
	}
	if !slices.ContainsFunc(candidates, restsOnContent) {
		return nil
	}
	claims, err := s.journal.FindClaims(ctx, record.Provider, record.Payload.GetExclusiveKey())
	if err != nil {
		return journalUnreadable(err)
	}
	disputed := slices.ContainsFunc(claims, func(other *journal.Record) bool { return other.State == needsPerson && other.Key != record.Key })
	refusedOnce := record.Payload.GetUnansweredSends() == 0 && sentOnce(record.Payload)
	for i, candidate := range candidates {
		if !restsOnContent(candidate) {
			continue
		}
		id := candidate.Response.GetCustomer().GetId()
		maker, err := s.journal.FindCustomer(ctx, record.Provider, id)
		if err != nil {
			return journalUnreadable(err)
		}
		claimed := maker != nil && maker.Key != record.Key ||
			slices.ContainsFunc(claims, func(other *journal.Record) bool { return other.Payload.GetCustomerId() == id })
		switch {
		case disputed:
			candidates[i].Match = providers.MatchUnclear
		case !claimed:
		case byMatch, refusedOnce && (candidate.Match == providers.MatchOurs || class == enforcedByKey): // no two have that key
			candidates[i].Match = providers.MatchOther
		default:
			candidates[i].Match = providers.MatchUnclear
		}
	}
	return nil
}

// sentOnce reports whether at most one create request of a creation has left.
func sentOnce(payload *journalv1.Payload) bool {
	sends := 0
	for _, try := range payload.GetTries() {
		if hasLeft(try) {
			sends++
		}
	}
	return sends <= 1
}

// sendAgain records the intent to send a creation again that the look-up has not found.
func (s *Service) sendAgain(ctx context.Context, r *run, attended bool) (next time.Duration) {
	record := r.record
	s.must(move(record, sendAgain, settler))
	if !attended {
		record.Payload.UnattendedSends++
	}
	record.Payload.LooksFirst = r.creation.LooksFirst() // Released stays: it is still true that the customer was absent before the first send
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

// giveBack writes what a look-up has shown, and releases the record. next is the time until the next
// look-up if it is still UNKNOWN.
func (s *Service) giveBack(ctx context.Context, r *run, next time.Duration) time.Duration {
	return s.giveBackUntil(ctx, r, next, next)
}

// giveBackUntil is giveBack for a caller who looks up again after next, before anybody else when it
// is due.
func (s *Service) giveBackUntil(ctx context.Context, r *run, next, due time.Duration) time.Duration {
	record := r.record
	r.hold = free
	if record.State != unknown {
		due = -1
		if record.State != needsPerson { // a decision that nothing was made needs the wait, too
			s.observed.forget(record.Key)
		}
		s.log.InfoContext(ctx, "an unknown outcome changed state", "provider", record.Provider, "request_id", record.RequestID, "state", record.State.String())
	}
	step("before-settled")
	if s.write(r.job, record, due, nil) != nil { // another has taken it over
		if current, err := s.get(ctx, record.Key); err == nil && current != nil {
			*record = *current
		} else {
			record.State = unknown // to this caller
		}
	}
	step("after-settled")
	return next
}

// must stops at a transition that the table does not have; whoever works on the record recovers, and nothing is written.
func (s *Service) must(err error) {
	if err != nil {
		panic(err)
	}
}

// pause returns when to look again after a send again that has settled nothing.
func pause(payload *journalv1.Payload) time.Duration {
	return backOff(max(payload.GetLookups(), payload.GetUnansweredSends()-1))
}

// backOff returns when to look again after a number of look-ups.
func backOff(lookups int32) time.Duration {
	return jitter(min(firstLookupAfter<<min(lookups, 20), lastLookupAfter))
}
