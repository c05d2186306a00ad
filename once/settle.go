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

// sendFor sends a creation for a caller. If the vendor answered, but the response neither proves a
// success nor settles a refusal, it looks up the customer and, if the look-up allows it, sends
// again, as long as the caller waits and no pause is long.
func (s *Service) sendFor(ctx context.Context, f *flight, o *order, record *journal.Record) (*enlistv1.CreateCustomerResponse, error) {
	response, err := s.send(ctx, f, record, o.creation)
	wait := restLeft(record.Payload, true)
	if record.Payload.GetRefusedAgain() {
		wait = 0
	}
	for record.State == unknown && isFollowed(record.Payload) {
		if f.sends == maxCalls && !record.Payload.GetRefusedAgain() || wait > followFor || !fits(ctx, wait) || !sleep(ctx, wait) {
			return nil, notProven(record, wait)
		}
		taken, takeErr := s.take(ctx, f, record)
		if takeErr != nil {
			return nil, journalUnreadable(takeErr)
		}
		if taken == nil { // another replica has it now
			if taken, takeErr = s.get(ctx, o.key); takeErr != nil || taken == nil {
				return nil, journalUnreadable(takeErr)
			}
			return s.resume(ctx, f, o, taken)
		}
		record = taken
		if wait = s.settle(ctx, f, record, o.creation); record.State == succeeded {
			return record.Payload.GetResponse(), nil
		}
		_, err = replay(record)
	}
	return response, err
}

// isFollowed reports whether the call that sent an open creation goes on with it: the vendor
// refused it, which is to be confirmed, or said when to call again.
func isFollowed(payload *journalv1.Payload) bool {
	failure := payload.GetFailure()
	return payload.GetRefusedAgain() ||
		failure.GetStage() == enlistv1.SendStage_SEND_STAGE_ANSWERED && failure.GetReason() != enlistv1.ErrorReason_OUTCOME_UNKNOWN &&
			failure.GetRetryAfter().AsDuration() > 0
}

// settleFor settles an open record that this replica has just taken, for a caller who has sent the request again, for as long as it waits.
func (s *Service) settleFor(ctx context.Context, f *flight, o *order, record *journal.Record) (*enlistv1.CreateCustomerResponse, error) {
	for {
		next := s.settle(ctx, f, record, o.creation)
		if record.State != unknown {
			break
		}
		step("between-lookups")
		if !fits(ctx, next) || !sleep(ctx, next) {
			return nil, stillUnknown(record)
		}
		taken, err := s.take(ctx, f, record)
		if err != nil {
			return nil, journalUnreadable(err)
		}
		if taken == nil { // another replica has it now
			if taken, err = s.get(ctx, o.key); err != nil || taken == nil {
				return nil, journalUnreadable(err)
			}
			return s.resume(ctx, f, o, taken)
		}
		record = taken
	}
	return replay(record)
}

// settleOnce settles the create of a key as far as one look-up does, when it is open and nobody is at work on it.
func (s *Service) settleOnce(ctx context.Context, f *flight, key journal.Key) error {
	record, err := s.get(ctx, key)
	if err != nil || record == nil || !record.IsOpen() {
		return err
	}
	taken, err := s.take(ctx, f, record)
	if err != nil || taken == nil {
		return err
	}
	s.settle(ctx, f, taken, nil)
	return nil
}

// settle finds out what became of a record that this replica owns and nobody works on. It writes what it has found, gives the record back,
// and returns when another look is worth while if the record is still UNKNOWN. creation is the caller's, if a caller is here; without one
// the request is taken from the journal.
func (s *Service) settle(ctx context.Context, f *flight, record *journal.Record, creation providers.Creation) (next time.Duration) {
	step("settle")
	if record.State == intent {
		s.abandon(record)
		if record.State != unknown {
			s.giveBack(ctx, f, record, 0)
			return 0
		}
	}
	attended := creation != nil
	if attended {
		record.Payload.UnattendedSends = 0
	}
	// Before the look-up: one that left too early proves nothing, however late its response comes.
	left := s.observed.wait(record, s.settledAfter(record.Provider))
	made := &tries{}
	candidates, err := s.lookUp(ctx, record, &creation, made)
	made.addTo(record.Payload)
	if err != nil && ctx.Err() != nil { // its caller has gone, or Enlist stops: another look is due as if there had been none
		return s.giveBack(ctx, f, record, firstLookupAfter)
	}
	record.Payload.Lookups++
	if errors.Is(err, errNobodyToAsk) && !s.isEarly(record) { // the configuration was changed, and not back
		s.must(move(record, undecidable, settler))
		return s.giveBack(ctx, f, record, 0)
	}
	if isReason(err, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_VENDOR_REJECTED) && left == 0 && !s.isEarly(record) &&
		record.Payload.GetLookups() >= maxFruitless { // nobody here will understand it
		s.must(move(record, undecidable, settler))
		return s.giveBack(ctx, f, record, 0)
	}
	if err != nil && !isReason(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED) {
		s.log.WarnContext(ctx, "could not look up an unknown outcome; trying again", "provider", record.Provider,
			"request_id", record.RequestID, "reason", asError(err).Reason.String(), "cause", asError(err).Cause)
		return s.giveBack(ctx, f, record, backOff(record.Payload.GetLookups()))
	}
	resting := restLeft(record.Payload, !attended || f.sends > 0)
	facts := facts{
		class: s.class(record.Provider), onExisting: record.Payload.GetRequest().GetOnExisting(), waited: left == 0,
		saidDone: record.Payload.GetFailure().GetConfirm() == journalv1.Confirmation_CONFIRMATION_BY_CUSTOMER,
		refusal:  refusalOf(record.Payload), saidExists: record.Payload.GetFailure().GetReason() == enlistv1.ErrorReason_CUSTOMER_EXISTS,
		attended: attended && f.sends < maxCalls, canFinish: !record.Payload.GetIncomplete() && s.isEarly(record),
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
		return s.sendAgain(ctx, f, record, creation, facts.attended)
	case wait:
		next = backOff(record.Payload.GetLookups())
		if left > 0 {
			next = min(next, left+10*time.Millisecond)
		}
		if resting > 0 && facts.maySend() {
			next = min(next, resting)
		}
		if attended { // its caller looks first
			return s.giveBackUntil(ctx, f, record, next, next+followFor)
		}
	}
	return s.giveBack(ctx, f, record, next)
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
			return max(pause-time.Since(ended.AsTime()).Abs(), 0)
		}
	}
	return 0
}

// isEarly reports whether a create may still be finished without its caller.
func (s *Service) isEarly(record *journal.Record) bool {
	return time.Since(record.Payload.GetAskedTime().AsTime()).Abs() < s.finishWithin
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

// sendAgain sends a create again that was looked for and not found.
func (s *Service) sendAgain(
	ctx context.Context, f *flight, record *journal.Record, creation providers.Creation, attended bool,
) time.Duration {
	s.must(move(record, sendAgain, settler))
	if !attended {
		record.Payload.UnattendedSends++
	}
	record.Payload.LooksFirst = creation.LooksFirst() // Released stays: that nobody was there before the first send is still so
	record.Owner = s.journal.Replica()
	f.lease = s.journal.Lease()
	step("before-resend")
	if err := s.update(ctx, record, -1); err != nil {
		s.log.ErrorContext(ctx, "journal: could not record another attempt, so Enlist sent nothing", "provider", record.Provider,
			"request_id", record.RequestID, "cause", err)
		s.must(move(record, unanswered, sender))
		return s.giveBack(ctx, f, record, firstLookupAfter)
	}
	step("after-resend-intent")
	_, _ = s.send(ctx, f, record, creation)
	return pause(record.Payload)
}

func (s *Service) succeed(record *journal.Record, response *enlistv1.CreateCustomerResponse) {
	record.Payload.Response, record.Payload.CustomerId, record.Payload.Failure = response, response.GetCustomer().GetId(), nil
	s.must(move(record, found, settler))
}

// giveBack writes what a settler has found and lets go of the record. next is when to look again if it is still UNKNOWN.
func (s *Service) giveBack(ctx context.Context, f *flight, record *journal.Record, next time.Duration) time.Duration {
	return s.giveBackUntil(ctx, f, record, next, next)
}

// giveBackUntil is giveBack for a caller who looks again after next, before anybody else when it is
// due.
func (s *Service) giveBackUntil(ctx context.Context, f *flight, record *journal.Record, next, due time.Duration) time.Duration {
	if record.State != unknown {
		due = -1
		if record.State != needsPerson { // a decision that nothing was made needs the wait, too
			s.observed.forget(record.Key)
		}
		s.log.InfoContext(ctx, "an unknown outcome changed state", "provider", record.Provider, "request_id", record.RequestID, "state", record.State.String())
	}
	step("before-settled")
	if s.write(f, record, due, nil) != nil { // another has taken it over
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
