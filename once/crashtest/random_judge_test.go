package crashtest_test

import (
	"fmt"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

// findings counts how the inputs of a vendor ended, and what was wrong.
type findings struct {
	inputs, succeeded, exists, refused, notSent, person, unknown int
	// notSentFirst counts the inputs that ended as not sent while the vendor failed, and were then
	// repeated.
	notSentFirst                        int
	duplicates, lost, contradicted, odd int
	causes                              map[string]int // of outcomes that a person must decide, by fault
}

func (f *findings) add(g *findings) {
	f.inputs += g.inputs
	f.succeeded += g.succeeded
	f.exists += g.exists
	f.refused += g.refused
	f.notSent += g.notSent
	f.person += g.person
	f.unknown += g.unknown
	f.notSentFirst += g.notSentFirst
	f.duplicates += g.duplicates
	f.lost += g.lost
	f.contradicted += g.contradicted
	f.odd += g.odd
	for cause, count := range g.causes {
		f.blame(cause, count)
	}
}

func (f *findings) blame(cause string, count int) {
	if f.causes == nil {
		f.causes = map[string]int{}
	}
	f.causes[cause] += count
}

// judgement is what an input is judged by.
type judgement struct {
	in *input
	// before and after are the vendor's customers of this name when the input began and ended.
	before, after []sandbox.Record
	operation     *enlistv1.Operation // nil if nothing is recorded
	// calm: no faults were pending when the operation ended.
	calm bool
}

// judge compares an operation with the vendor's records. It counts the outcome and returns
// everything that is wrong.
func (f *findings) judge(j *judgement) (wrong []string) {
	in := j.in
	complain := func(counter *int, format string, values ...any) {
		*counter++
		wrong = append(wrong, fmt.Sprintf(format, values...))
	}
	f.judgeRecords(j, complain)
	others := len(j.after) - *in.made
	switch state := j.operation.GetState(); state {
	case succeeded:
		f.succeeded++
		for _, problem := range j.judgeSuccess(others) {
			complain(&f.contradicted, "%s", problem)
		}
		if len(j.after) == 0 {
			complain(&f.lost, "it has succeeded and the vendor has no such customer")
		}
	case failed:
		f.judgeFailure(j, others, complain)
	case notSent, noRecord:
		f.notSent++
		if *in.made > 0 {
			complain(&f.contradicted, "not sent, and the vendor has the customer")
		}
		if blocked := slices.ContainsFunc(in.before, func(other *input) bool { return other.isOpen }); j.calm && !blocked {
			complain(&f.lost, "it was repeated when nothing failed any more, and is in state %s", state)
		}
	case needsPerson:
		f.person++
		f.blame(in.cause(), 1)
		if in.cause() == unexplained {
			complain(&f.odd, "a person must decide, without a fault that explains it")
		}
	default:
		f.unknown++
		in.isOpen = true
		f.blame("still unknown: "+in.cause(), 1)
		if in.cause() == unexplained {
			complain(&f.odd, "it is in state %s and does not end", state)
		}
	}
	return wrong
}

// complaint counts something that is wrong, and describes it.
type complaint func(counter *int, format string, values ...any)

// judgeRecords counts the customers that the input made.
func (f *findings) judgeRecords(j *judgement, complain complaint) {
	in, v := j.in, j.in.create.vendor
	made := len(j.after) - len(j.before)
	*in.made += made
	if made < 0 {
		complain(&f.odd, "%d customers are gone", -made)
	}
	if *in.made > 1 || !v.ownIDs && len(j.after) > 1 {
		complain(&f.duplicates, "the request made %d customers, and the vendor has %d", *in.made, len(j.after))
	}
	if !v.ownIDs && len(j.after) == 1 && j.after[0].Created > 1 {
		complain(&f.duplicates, "the vendor counts %d customers with that key", j.after[0].Created)
	}
}

// judgeFailure judges an operation that has failed. others counts the customers of this name that
// other requests have made.
func (f *findings) judgeFailure(j *judgement, others int, complain complaint) {
	in := j.in
	reason, _ := detailsOf(statusOf(j.operation))
	switch reason {
	case enlistv1.ErrorReason_CUSTOMER_EXISTS.String():
		f.exists++
		if *in.made > 0 {
			complain(&f.contradicted, "CUSTOMER_EXISTS for the customer that this request made")
		} else if others == 0 {
			complain(&f.contradicted, "CUSTOMER_EXISTS and the vendor has no such customer")
		}
	case enlistv1.ErrorReason_VENDOR_REJECTED.String():
		f.refused++
		if *in.made > 0 {
			complain(&f.contradicted, "VENDOR_REJECTED and the vendor has the customer")
		}
		if !in.mayBeRefused() {
			complain(&f.odd, "refused, without a fault that refuses: %v", statusOf(j.operation))
		}
	default:
		complain(&f.odd, "failed with %s", reason)
	}
}

// judgeSuccess returns what is wrong with a success. others counts the customers of this name that
// other requests have made.
func (j *judgement) judgeSuccess(others int) (wrong []string) {
	in, v := j.in, j.in.create.vendor
	response := j.operation.GetResponse()
	var ids []string
	for _, record := range j.after {
		if v.ownIDs {
			ids = append(ids, fmt.Sprint(record.Record["accountID"]))
		} else {
			ids = append(ids, record.Key)
		}
	}
	if v.tellsNoKey {
		ids = append(ids, in.create.request.GetCustomer().GetId())
	}
	if id := response.GetCustomer().GetId(); !slices.Contains(ids, id) || j.operation.GetCustomerId() != id {
		wrong = append(wrong, fmt.Sprintf("the response's id is %q, the operation's %q, and the vendor has %q", id, j.operation.GetCustomerId(), ids))
	}
	if *in.made > 0 {
		return wrong
	}
	switch onExisting := in.create.request.GetOnExisting(); {
	case others == 0: // reported as lost
	case onExisting == fail:
		wrong = append(wrong, "it has succeeded with a customer that another request made")
	case response.GetOutcome() == enlistv1.Outcome_OUTCOME_CREATED:
		wrong = append(wrong, "OUTCOME_CREATED, and another request made the customer")
	}
	return wrong
}

// ordered reports whether a fault of that kind was injected for the input, or for an earlier one
// for the same customer.
func (in *input) ordered(kind sandbox.FaultKind, operations ...string) bool {
	for _, at := range append(in.before, in) {
		for _, fault := range at.faults {
			if fault.Kind == kind && (len(operations) == 0 || slices.Contains(operations, fault.Operation)) {
				return true
			}
		}
	}
	return false
}

// mayBeRefused reports whether a fault makes the vendor refuse the request, or the look-up before
// it, or hides in its refusal that the customer exists.
func (in *input) mayBeRefused() bool {
	return in.ordered(sandbox.RefusedWith500) || in.sharesCustomer() && in.ordered(sandbox.OtherTypes, "create")
}

// isReadable reports whether GetCustomer finds the customer of a success. A vendor may not say
// which key it has stored. If that is not even nearly equal, it shows another one later.
func (in *input) isReadable() bool {
	return !in.create.vendor.tellsNoKey || !slices.ContainsFunc(append(in.before, in), func(at *input) bool {
		return slices.ContainsFunc(at.faults, func(f sandbox.Fault) bool { return f.Form == sandbox.Cut || f.Form == sandbox.Unaccented })
	})
}

// unexplained is the cause of an outcome that a machine should have decided.
const unexplained = "unexplained"

// cause says why a machine cannot decide whether the request made a customer. The vendor may store
// another key or other names, or its responses may hide the proof that the customer is ours. Where
// only the content tells whose a customer is, another request for the same customer is a cause, and
// so is a missing email. No vendor stores a reference of an update.
func (in *input) cause() string {
	v := in.create.vendor
	switch {
	case in.ordered(sandbox.NormalisedKey):
		return "normalised key"
	case in.ordered(sandbox.OtherTypes, "get"):
		return "other types of get"
	case in.sharesCustomer() && (v.toldByContent || in.follows(update)):
		return "same content"
	case v.ownIDs && in.create.request.GetCustomer().GetEmail() == "":
		return "no email"
	}
	return unexplained
}

// follows reports whether an earlier request for the same customer had an on_existing.
func (in *input) follows(onExisting enlistv1.OnExisting) bool {
	return slices.ContainsFunc(in.before, func(other *input) bool { return other.create.request.GetOnExisting() == onExisting })
}

// sharesCustomer reports whether another request before this one was for the same customer.
func (in *input) sharesCustomer() bool {
	return slices.ContainsFunc(in.before, func(other *input) bool { return other.create != in.create })
}
