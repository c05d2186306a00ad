package once

import (
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// The classes of duplicate safety, shorter.
const (
	enforcedByKey     = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY
	verifiableByKey   = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_KEY
	noneToAsk         = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_NONE
	verifiableByMatch = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_MATCH
)

// maxUnattended is how often Enlist sends a creation again without a caller, in every class.
const maxUnattended = 2

// result is how a send ended.
type result int8

const (
	created     result = iota // the response proves a success
	rejected                  // the vendor's own refusal, which stands
	doubted                   // the vendor's own refusal, which a look-up must confirm
	nothingSent               // no byte left
	unproven                  // the response says that nothing was done, but a proxy may have forwarded the request
	noResponse                // bytes may have left, and no trustworthy response came
)

// afterSend returns the event of a creation in state INTENT whose send has ended. openBefore counts
// the earlier sends without a proven outcome. confirmedMissing says that a look-up after the
// vendor's lag found nothing of them.
func afterSend(ended result, openBefore int32, confirmedMissing bool) event {
	switch {
	case ended == created:
		return done
	case ended == noResponse, ended == unproven, ended == doubted:
		return unanswered
	case ended == rejected && openBefore > 0: // an earlier send may have caused the refusal
		return unanswered
	case ended == nothingSent && openBefore > 0 && !confirmedMissing: // the earlier send is still unknown
		return unanswered
	case ended == rejected:
		return refused
	default:
		return notDone
	}
}

// afterDeath returns the event of a creation in state INTENT whose owner has died. Only a creation
// that looks first records that it is about to send (released).
func afterDeath(looksFirst, released bool, unansweredBefore int32) event {
	if looksFirst && !released && unansweredBefore == 0 {
		return neverSent
	}
	return abandoned
}

// mayBeHidden reports whether a look-up that found nothing may have missed a customer that another
// creation made some time ago.
func mayBeHidden(ago, settledAfter time.Duration) bool {
	return ago.Abs() < settledAfter // ago is negative after a clock was set back
}

// refusal is what must confirm the refusal of the latest send.
type refusal int8

const (
	notRefused      refusal = iota
	needsLookup             // a look-up that finds nothing
	needsLateLookup         // one after the vendor's lag, since an earlier copy of the request may be the cause
)

// facts are what a look-up of a creation in state UNKNOWN shows, and what else the decision needs.
type facts struct {
	class      enlistv1.DuplicateSafetyClass // noneToAsk too if the vendor cannot look up this customer
	onExisting enlistv1.OnExisting
	// ours, others and unclear count the customers that the look-up found, by their Match.
	ours, others, unclear int
	// near counts those of others and unclear whose key is only nearly equal to the requested one.
	near int
	// claimed counts those of unclear that equal the request, and that another operation may have
	// made. The decision does not depend on it, only the reason does.
	claimed int
	// waited: this process has seen the vendor's own limit pass since the latest send.
	waited bool
	// refusal of the latest send. saidExists: the vendor refused it because the customer exists.
	refusal    refusal
	saidExists bool
	// saidDone: the response to the latest send says that the vendor made a customer.
	saidDone bool
	// attended: a caller waits for this creation, and its run has sent fewer than sendsPerRequest
	// times.
	attended bool
	// canFinish: it is early enough to send without a caller, and the request is complete.
	canFinish bool
	// unattended counts the sends without a caller since the latest request of a caller.
	unattended int
	// rested: the pause since the latest send is over. The pause grows with each send.
	rested bool
}

// maySend reports whether the creation may be sent again.
func (f facts) maySend() bool { return f.attended || f.canFinish && f.unattended < maxUnattended }

// decision is what follows from a look-up: an event, or wait.
type decision string

const (
	takeOurs  = decision(found)       // SUCCEEDED with the customer that is ours
	takeOther = decision("adopt")     // SUCCEEDED with the customer that exists, as ON_EXISTING_ADOPT asks
	refuse    = decision(refused)     // FAILED with the vendor's refusal
	exist     = decision(exists)      // FAILED with CUSTOMER_EXISTS
	resend    = decision(sendAgain)   // INTENT
	giveUp    = decision(missing)     // NOT_SENT
	askPerson = decision(undecidable) // NEEDS_PERSON
	wait      = decision("wait")      // UNKNOWN still; look up again later
)

// decide returns what follows from a look-up. The classes differ only where a resend is possible,
// since only a resend can make a second customer.
func decide(f facts) decision {
	adopt, update := f.onExisting == enlistv1.OnExisting_ON_EXISTING_ADOPT, f.onExisting == enlistv1.OnExisting_ON_EXISTING_UPDATE
	switch {
	case f.ours == 1 && f.unclear == 0:
		return takeOurs
	case f.ours > 0:
		return askPerson
	case f.saidDone && f.class != noneToAsk && !f.waited:
		return wait
	case f.saidDone: // the vendor does not show it under its key
		return askPerson
	case adopt && f.unclear+f.others == 1 && f.near == 0:
		return takeOther
	case f.unclear > 0 && f.near == 0 && update && f.class == enforcedByKey:
		return afterNothing(f) // the update is not done or not shown yet; done twice it is still one
	case f.unclear > 0:
		return askPerson
	case f.others > 0 && f.class == enforcedByKey && f.refusal != notRefused && !f.saidExists:
		return refuse // for another reason than the customer that exists
	case f.others > 0 && f.class == enforcedByKey:
		return exist
	case f.others > 0 && f.class == verifiableByKey:
		if f.waited { // before that ours may still appear beside it
			return exist
		}
		return wait
	}
	return afterNothing(f) // others that only look alike do not count
}

// afterNothing returns what follows from a look-up that found nothing of ours.
func afterNothing(f facts) decision {
	switch {
	case f.refusal == needsLookup:
		return refuse
	case f.class != enforcedByKey && f.class != verifiableByKey && f.class != verifiableByMatch:
		return askPerson // the vendor offers no look-up
	case f.refusal == needsLateLookup && !f.waited:
		return wait
	case f.refusal == needsLateLookup && f.saidExists: // the vendor says that it exists, and does not show it
		return askPerson
	case f.refusal == needsLateLookup:
		return refuse
	case !f.waited && f.class != enforcedByKey:
		return wait
	case f.maySend() && f.rested:
		return resend
	case f.maySend() || !f.waited:
		return wait
	case f.unclear > 0:
		return askPerson
	}
	return giveUp
}

// whyPerson returns why a decision is askPerson.
func whyPerson(f facts) enlistv1.OperationReason {
	switch {
	case f.ours+f.unclear > 1:
		return severalCustomers
	case f.unclear > 0 && f.claimed > 0:
		return customerClaimed
	case f.unclear > 0:
		return customerDiffers
	case f.class != enforcedByKey && f.class != verifiableByKey && f.class != verifiableByMatch:
		return noLookup
	}
	return notShown
}

// lookupFacts are what matters about a look-up that failed.
type lookupFacts struct {
	// early: Enlist may still send the creation without its caller. An operator may repair the
	// configuration until then.
	early bool
	// impossible: the configuration allows no look-up of this creation.
	impossible bool
	// fruitless: the vendor refused too many look-ups, or sent too many responses that cannot be
	// read.
	fruitless bool
}

// afterFailedLookup returns what follows from a look-up that failed: wait or askPerson, and why.
func afterFailedLookup(f lookupFacts) (decision, enlistv1.OperationReason) {
	switch {
	case f.early:
		return wait, lookupFailed
	case f.impossible:
		return askPerson, providerChanged
	case f.fruitless:
		return askPerson, lookupsFailed
	}
	return wait, lookupFailed
}

// sendFacts are what the record shows about the latest send of a creation in state UNKNOWN.
type sendFacts struct {
	// lost: this record has sent nothing, and only one that the journal lost may have.
	lost bool
	// saidDone: the response says that the vendor made a customer. refused: it says that nothing was
	// made.
	saidDone, refused bool
	// died: the replica that sent it has recorded no end.
	died bool
}

// whyOpen returns why the outcome of a creation is unknown.
func whyOpen(f sendFacts) enlistv1.OperationReason {
	switch {
	case f.lost:
		return recordsLost
	case f.saidDone:
		return successUnproven
	case f.died:
		return interrupted
	case f.refused:
		return refusalUnconfirmed
	}
	return noAnswer
}

// objection is the reason against a person's decision.
type objection string

const (
	noObjection  objection = ""
	notAsked     objection = "the vendor cannot be asked"
	noCustomer   objection = "the vendor has no such customer"
	madeByOther  objection = "another operation created the customer"
	mayBeMade    objection = "a customer that may be this creation's exists"
	mayBeMadeYet objection = "the vendor may still carry out the request"
	isOlder      objection = "the customer existed before the request was sent"
	isDifferent  objection = "the customer differs from the request"
	isAnothers   objection = "the look-up shows that the customer is not this creation's"
	notCompared  objection = "the customer cannot be compared with the request"
)

// evidence is what the vendor and the journal show about a person's decision.
type evidence struct {
	class enlistv1.DuplicateSafetyClass // noneToAsk too if the vendor cannot look up this customer
	// unasked: the vendor could not be reached now.
	unasked bool
	// exists and madeByOther are about the customer that a decision SUCCEEDED names. The vendor
	// shows it. The journal says that another operation created it.
	exists, madeByOther bool
	// isCandidate: the look-up shows it as a customer that may be this creation's. Or the request
	// adopts or updates the customer with this key, whatever it contains.
	isCandidate bool
	// older, differs and isOther are about a customer that is no candidate. The vendor created it
	// before the first send. An identifying value, or the key, differs from the request. The look-up
	// shows it as not ours. alike: an identifying value, or the key, equals the request.
	older, differs, isOther, alike bool
	// ours and unclear count the customers that the look-up for a decision FAILED found.
	ours, unclear int
	// waited: before the look-up this process had seen the vendor's own limit pass since the latest
	// send.
	waited bool
}

// checkDecision returns the objection to a person's decision. If the vendor offers no look-up, only
// the person can know whether the customer exists, and only after the vendor has finished with the
// request.
func checkDecision(decision enlistv1.Decision, unverified bool, e evidence) objection {
	switch {
	case unverified:
		return noObjection
	case decision == enlistv1.Decision_DECISION_SUCCEEDED && e.unasked:
		return notAsked
	case decision == enlistv1.Decision_DECISION_SUCCEEDED && !e.exists:
		return noCustomer
	case decision == enlistv1.Decision_DECISION_SUCCEEDED && e.madeByOther:
		return madeByOther
	case decision == enlistv1.Decision_DECISION_SUCCEEDED:
		return checkCustomer(e)
	case e.class != noneToAsk && e.unasked:
		return notAsked
	case e.class != noneToAsk && e.ours+e.unclear > 0:
		return mayBeMade
	case !e.waited:
		return mayBeMadeYet
	}
	return noObjection
}

// checkCustomer returns the objection to the customer of a decision SUCCEEDED, which exists and
// which no other operation created. A candidate of the look-up is the choice of the person. Any
// other customer must be like the request.
func checkCustomer(e evidence) objection {
	switch {
	case e.isCandidate:
		return noObjection
	case e.older:
		return isOlder
	case e.differs:
		return isDifferent
	case e.isOther:
		return isAnothers
	case !e.alike:
		return notCompared
	}
	return noObjection
}
