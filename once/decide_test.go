package once

import (
	"slices"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// TestDecideKeepsTheRules checks the decision for every combination of facts against the rules of
// this package's doc.
func TestDecideKeepsTheRules(t *testing.T) {
	searches(t)
	count := 0
	for f := range everyFact() {
		count++
		what := decide(f)
		for _, rule := range slices.Concat(rulesOfLookups(f, what), rulesOfNearKeys(f, what), rulesOfRefusals(f, what), rulesOfSends(f, what),
			reasonsOfPersons(f, what)) {
			if rule.broken {
				t.Fatalf("rule %s: %+v: %s", rule.text, f, what)
			}
		}
	}
	t.Logf("%d combinations", count)
}

// rule is a rule of the package's doc, with its number there, and whether a decision breaks it.
type rule struct {
	text   string
	broken bool
}

// hasLookup reports whether a vendor of this class offers a look-up.
func hasLookup(class enlistv1.DuplicateSafetyClass) bool {
	return class == enforcedByKey || class == verifiableByKey || class == verifiableByMatch
}

func rulesOfLookups(f facts, what decision) []rule {
	return []rule{
		{"1: what the vendor says it made is found, or a person decides", f.saidDone && what != takeOurs && what != askPerson && what != wait},
		{"2: a second send needs a look-up that finds nothing of ours", what == resend && (f.ours > 0 || !hasLookup(f.class))},
		{"2: where the vendor makes a second customer, absence counts after its lag only", what == resend && f.class != enforcedByKey && !f.waited},
		{"2: CUSTOMER_EXISTS needs a customer that was found and is not ours", what == exist && (f.others == 0 || f.ours+f.unclear > 0)},
		{"2: a record that is ours is success", f.ours == 1 && f.unclear == 0 && what != takeOurs},
		{
			"7: adopting goes ahead at once when one customer is there under exactly this key",
			f.onExisting == onAdopt && f.ours == 0 && f.others == 1 && f.unclear == 0 && f.near == 0 && !f.saidDone && what != takeOther,
		},
	}
}

// reasonsOfPersons are the rules of the reason that goes with a decision for a person.
func reasonsOfPersons(f facts, what decision) []rule {
	if what != askPerson {
		return nil
	}
	found, why := f.ours+f.unclear, whyPerson(f)
	return []rule{
		{"the reason belongs to the state", StateOf(why) != needsPerson},
		{"several are several", (found > 1) != (why == severalCustomers)},
		{"one differs, or another claims it", (found == 1) != (why == customerDiffers || why == customerClaimed)},
		{"one that is claimed equals the request", (why == customerClaimed) != (found == 1 && f.claimed == 1)},
		{"without a look-up nothing is found", why == noLookup && hasLookup(f.class)},
		{"what the vendor says exists is not shown", why == notShown && !f.saidExists && !f.saidDone},
	}
}

func rulesOfNearKeys(f facts, what decision) []rule {
	ends := what == refuse || what == exist || what == giveUp
	return []rule{
		{"3: an unclear customer stops a resend", what == resend && f.unclear > 0 && (f.onExisting != onUpdate || f.near > 0)},
		{"3: a near key is never absent", f.near > 0 && f.unclear > 0 && (what == resend || ends)},
		{"3: a near key is not adopted", f.near > 0 && what == takeOther},
	}
}

func rulesOfRefusals(f facts, what decision) []rule {
	return []rule{
		{
			"4: a refusal that a copy may have caused counts after the vendor's lag only",
			what == refuse && f.refusal == needsLateLookup && !f.waited && f.others == 0,
		},
		{"4: one look-up confirms the other refusals", f.refusal == needsLookup && f.ours+f.others+f.unclear == 0 && what != refuse},
		{"4: what was refused is not sent again", what == resend && f.refusal != notRefused},
		{"4: only a refusal ends as one", what == refuse && f.refusal == notRefused},
	}
}

func rulesOfSends(f facts, what decision) []rule {
	return []rule{
		{"5: without a caller two more sends at most", what == resend && !f.attended && (f.unattended >= maxUnattended || !f.canFinish)},
		{"5: sends keep their pauses", what == resend && !f.rested},
		{"5: a creation that cannot be sent again comes to an end", what == wait && f.waited && !f.maySend()},
		{"5: without a confirmation a person decides", what == giveUp && (!f.waited || !hasLookup(f.class) || f.ours+f.unclear > 0)},
	}
}

// everyFact yields every combination of facts, with at most two customers of each kind.
func everyFact() func(func(facts) bool) {
	classes := []enlistv1.DuplicateSafetyClass{enforcedByKey, verifiableByKey, verifiableByMatch, noneToAsk}
	return func(yield func(facts) bool) {
		for number := range len(classes) * 3 * 3 * 3 * 3 * 3 * 3 * 1 << 7 * (maxUnattended + 2) {
			digit := func(base int) int { // the number has one digit for each fact
				d := number % base
				number /= base
				return d
			}
			f := facts{
				class: classes[digit(len(classes))], onExisting: onFail + enlistv1.OnExisting(digit(3)), refusal: refusal(digit(3)),
				ours: digit(3), others: digit(3), unclear: digit(3), near: digit(3), unattended: digit(maxUnattended + 2),
				waited: digit(2) == 1, attended: digit(2) == 1, canFinish: digit(2) == 1, rested: digit(2) == 1,
			}
			isRefused := f.refusal != notRefused
			f.saidExists, f.saidDone = digit(2) == 1 && isRefused, digit(2) == 1 && !isRefused
			f.claimed = min(digit(2), f.unclear)
			isPossible := f.near <= f.others+f.unclear && (f.class != noneToAsk || f.ours+f.others+f.unclear+f.near == 0)
			if isPossible && !yield(f) {
				return
			}
		}
	}
}

// TestDecisionsAreChecked checks every combination of evidence about a person's decision.
func TestDecisionsAreChecked(t *testing.T) {
	t.Parallel()
	const says, denies = enlistv1.Decision_DECISION_SUCCEEDED, enlistv1.Decision_DECISION_FAILED
	for e := range everyEvidence() {
		for _, decision := range []enlistv1.Decision{says, denies} {
			if what := checkDecision(decision, true, e); what != noObjection {
				t.Errorf("unverified %s: %+v: %s", decision, e, what)
			}
		}
		if what, fine := checkDecision(says, false, e), mayHaveCreated(e); (what == noObjection) != fine {
			t.Errorf("SUCCEEDED: %+v: %s", e, what)
		}
		nothing := e.class == noneToAsk || !e.unasked && e.ours+e.unclear == 0
		if what, fine := checkDecision(denies, false, e), e.waited && nothing; (what == noObjection) != fine {
			t.Errorf("FAILED: %+v: %s", e, what)
		}
	}
}

// mayHaveCreated reports whether the evidence permits that the creation created the customer.
func mayHaveCreated(e evidence) bool {
	isLike := e.alike && !e.older && !e.differs && !e.isOther
	return !e.unasked && e.exists && !e.madeByOther && (e.isCandidate || isLike)
}

// everyEvidence yields every combination of evidence, with at most one customer of each kind.
func everyEvidence() func(func(evidence) bool) {
	return func(yield func(evidence) bool) {
		for _, class := range []enlistv1.DuplicateSafetyClass{enforcedByKey, verifiableByKey, verifiableByMatch, noneToAsk} {
			for bits := range 1 << 11 {
				is := func(bit int) int { return bits >> bit & 1 }
				if !yield(evidence{
					class: class, unasked: is(0) == 1, exists: is(1) == 1, madeByOther: is(2) == 1, waited: is(3) == 1, ours: is(4), unclear: is(5),
					isCandidate: is(6) == 1, older: is(7) == 1, differs: is(8) == 1, isOther: is(9) == 1, alike: is(10) == 1,
				}) {
					return
				}
			}
		}
	}
}
