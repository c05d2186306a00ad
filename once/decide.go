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

// maxUnanswered is how many sends without an answer a create may have where the vendor does not refuse a second customer: the first,
// and one more after a look-up has found nothing.
const maxUnanswered = 2

// result is how a send ended.
type result int

const (
	created     result = iota // the vendor's answer: done
	rejected                  // the vendor's answer: refused for good
	nothingDone               // no byte left, or the vendor said that it did nothing
	noAnswer                  // bytes may have left, and no answer came that can be believed
)

// afterSend says what has happened to a create in state INTENT whose send has ended. unanswered counts the sends before it that nobody
// has answered; believedMissing says that a look-up at the right time has found nothing of them.
func afterSend(ended result, unansweredBefore int32, believedMissing bool) event {
	switch {
	case ended == created:
		return done
	case ended == noAnswer:
		return unanswered
	case ended == rejected && unansweredBefore > 0: // perhaps because of what an earlier send has made
		return unanswered
	case ended == nothingDone && unansweredBefore > 0 && !believedMissing: // the earlier send is as unknown as it was
		return unanswered
	case ended == rejected:
		return refused
	default:
		return notDone
	}
}

// afterDeath says what has happened to a create in state INTENT whose holder has died. Only a create that looks first says in the journal
// that it is about to send (released).
func afterDeath(looksFirst, released bool, unansweredBefore int32) event {
	if looksFirst && !released && unansweredBefore == 0 {
		return neverSent
	}
	return abandoned
}

// mayBeHidden says whether a look that has found nothing may have missed what another create made some time ago.
func mayBeHidden(ago, settledAfter time.Duration) bool {
	return ago.Abs() < settledAfter // negative when a clock was set back
}

// facts are what a look-up has told of a create in state UNKNOWN, and what matters beside it.
type facts struct {
	class      enlistv1.DuplicateSafetyClass // noneToAsk, too, where the vendor cannot be asked for just this customer
	onExisting enlistv1.OnExisting
	// ours, others and unclear count the customers that were found, by their Match.
	ours, others, unclear int
	// waited: this process has seen the vendor's own limit go by since the outcome became unknown.
	waited bool
	// unanswered counts the sends that nobody has answered.
	unanswered int
	// refusedAgain: a send again was refused; saidExists: because the customer exists.
	refusedAgain, saidExists bool
	// maySend: the caller is here, or it is early enough to finish without one, and the request is complete.
	maySend bool
}

// decision is what a settler does next: an event, or wait.
type decision string

const (
	takeOurs  = decision(found)       // SUCCEEDED with the customer that is ours
	takeOther = decision("adopt")     // SUCCEEDED with the customer that is there: ON_EXISTING_ADOPT asked for no more
	refuse    = decision(refused)     // FAILED with the vendor's refusal
	exist     = decision(exists)      // FAILED with CUSTOMER_EXISTS
	resend    = decision(sendAgain)   // INTENT
	giveUp    = decision(missing)     // NOT_SENT
	askPerson = decision(undecidable) // NEEDS_PERSON
	wait      = decision("wait")      // UNKNOWN still; look again later
)

// decide says what follows from a look-up. A second customer can only come of a resend, so that is where the classes differ.
func decide(f facts) decision {
	adopt, update := f.onExisting == enlistv1.OnExisting_ON_EXISTING_ADOPT, f.onExisting == enlistv1.OnExisting_ON_EXISTING_UPDATE
	switch {
	case f.ours == 1 && f.unclear == 0:
		return takeOurs
	case f.ours > 1, f.ours == 1:
		return askPerson
	case adopt && f.unclear+f.others == 1:
		return takeOther
	case f.unclear > 0 && update && f.class == enforcedByKey:
		return afterNothing(f) // the update has not been made, or not been seen; made twice it is still one
	case f.unclear > 0:
		return askPerson
	case f.others > 0 && f.class == enforcedByKey:
		return exist
	case f.others > 0 && f.class == verifiableByKey:
		if f.waited { // ours may yet show beside it
			return exist
		}
		return wait
	}
	return afterNothing(f) // others that only look alike are nothing
}

func afterNothing(f facts) decision {
	if f.refusedAgain && f.saidExists && f.waited { // it exists, and cannot be found
		return askPerson
	}
	switch f.class {
	case enforcedByKey:
		switch {
		case f.refusedAgain && f.waited:
			return refuse
		case f.refusedAgain: // perhaps because of what the send before it made
			return wait
		case f.maySend:
			return resend
		case f.waited && f.unclear > 0:
			return askPerson
		case f.waited:
			return giveUp
		}
		return wait
	case verifiableByKey, verifiableByMatch:
		switch {
		case !f.waited:
			return wait
		case f.refusedAgain:
			return refuse
		case f.maySend && f.unanswered < maxUnanswered:
			return resend
		}
		return giveUp
	default:
		return askPerson
	}
}
