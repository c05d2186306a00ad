package once

import enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"

const (
	saysSucceeded = enlistv1.Decision_DECISION_SUCCEEDED
	saysFailed    = enlistv1.Decision_DECISION_FAILED
)

// personSteps are what a person does through a replica, whatever that replica works on: read the
// operation, decide, and correct the decision.
func (s *stepper) personSteps() {
	i, row := s.who, s.from.row
	s.eraseSteps()
	isDecided := row.decided != undecided && (s.from.state() == succeeded || s.from.state() == failed)
	if s.from.state() != needsPerson && !isDecided {
		return
	}
	s.step("shows the operation to a person", func(w *world) {
		s.read(w)
		s.beginWait(w, i, row.waitsFor())
	})
	for _, claim := range s.claims() {
		if s.check(claim.decision, false, claim.evidence) == noObjection {
			s.write("records a person's decision, "+claim.what, func(w *world) { s.record(w, claim.decision, checked) },
				func(w *world) { w.replicas[i].latest = false })
		}
		if s.from.unverified > 0 && s.check(claim.decision, true, claim.evidence) == noObjection {
			s.add(modelStep{what: "records an unverified decision, " + claim.what}, func(w *world) {
				w.unverified--
				w.erred = true
				s.record(w, claim.decision, unchecked)
			})
		}
	}
}

// eraseSteps are an erasure, which any replica carries out. One is enough for the search.
func (s *stepper) eraseSteps() {
	if _, legal := next(s.from.state(), erase, eraser); !legal || s.who > 0 {
		return
	}
	s.add(modelStep{what: "erases the record"}, func(w *world) {
		s.transit(w, &w.row, erase, eraser)
		w.row = row{state: w.row.state}
		w.erased = true
		w.wrote(noReplica)
	})
}

// claim is what a person may say, with the evidence that Resolve collects about it.
type claim struct {
	what     string
	decision enlistv1.Decision
	evidence evidence
}

func (s *stepper) claims() (claims []claim) {
	r, row := s.from.replicas[s.who], s.from.row
	waited := r.over && r.seen == row.waitsFor()
	claims = append(claims, claim{"for a customer of nobody", saysSucceeded, evidence{class: s.class, exists: true, differs: true, alike: true}})
	for _, seen := range s.shows(&s.from) {
		claims = append(claims, claim{"that the customer exists", saysSucceeded, evidence{
			class: s.class, exists: seen.ours > 0, isCandidate: !s.blindLookups(), alike: true,
		}})
		if seen.stranger > 0 {
			mayShare := s.onExisting == onAdopt && !s.near
			claims = append(claims, claim{"for the stranger's customer", saysSucceeded, evidence{
				class: s.class, exists: true, madeByOther: !mayShare, isCandidate: true,
			}})
		}
		shown := evidence{class: s.class, waited: waited}
		if s.blindLookups() {
			shown.class = noneToAsk
			if seen.ours > 0 && waited { // the person sees it
				continue
			}
		} else {
			ours, _, unclear := s.match(seen, row.released)
			shown.ours, shown.unclear = int(ours), int(unclear)
		}
		claims = append(claims, claim{"that nothing was made", saysFailed, shown})
	}
	return claims
}

// record is what Resolve writes. The runs have older copies, so they do not write over it.
func (s *stepper) record(w *world, decision enlistv1.Decision, kind decidedKind) {
	what := personSucceeded
	if decision == saysFailed {
		what = personFailed
	}
	s.transit(w, &w.row, what, person)
	w.row = row{
		state: w.row.state, owner: w.row.owner, unanswered: w.row.unanswered, refusal: w.row.refusal, released: w.row.released, decided: kind,
	}
	w.wrote(noReplica)
}

const noReplica = -1
