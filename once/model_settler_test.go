package once

import "slices"

// idleSteps start a run for a caller or the reconciler.
func (s *stepper) idleSteps() {
	i := s.who
	switch {
	case s.from.state() == none:
		if i == 0 || s.from.losses < s.losses || s.from.replicas[0] != s.from.replicas[1] { // else the two are alike
			s.arrivals("records the intent of a caller", 0)
		}
	case s.from.again > 0:
		s.arrivals("gets the same request again", 1)
	}
	isSwept := int(s.from.row.owner) != i+1 || !s.sweepsNothing
	switch {
	case s.open() && s.from.free(i) && isSwept:
		s.write("takes the creation to settle it", func(w *world) { s.take(w, i) }, nil)
	case s.open() && s.from.mishaps > 0 && isSwept:
		what := "takes the other for dead, and the creation to settle it"
		take := func(w *world) {
			w.mishaps--
			s.take(w, i)
		}
		s.add(modelStep{what: what}, take)
		if s.from.mishaps > 1 {
			s.writeFaintly(what, take, func(w *world) { w.mishaps-- })
		}
	}
}

// arrivals are a caller's request that the bounds count, or one that they do not count.
func (s *stepper) arrivals(what string, again int8) {
	i := s.who
	arrive := func(w *world) {
		w.again -= again
		s.arrive(w, i)
	}
	s.add(modelStep{what: what}, arrive)
	s.writeFaintly(what, arrive, func(w *world) {
		w.again -= again
		switch r := &w.replicas[i]; s.from.state() {
		case none:
			r.phase, r.caller, r.latest = beginning, true, true
		case notSent:
			r.phase, r.latest = withdrawing, true
		default: // it could not take the creation, and its caller gets an error
		}
	})
}

// arrive is a caller's request.
func (s *stepper) arrive(w *world, i int) {
	s.read(w)
	w.replicas[i].caller = true
	if w.state() != none {
		s.resume(w, i)
		return
	}
	if w.gap && s.class == noSafety {
		w.replicas[i].rest()
		return
	}
	s.transit(w, &w.row, accepted, caller)
	w.row.owner = int8(i + 1)
	s.own(w, i)
}

// own is run.own, with underGap before it.
func (s *stepper) own(w *world, i int) {
	if w.gap {
		w.row.countUnanswered()
		w.row.unsent = true
	}
	w.wrote(i)
	s.goOn(w, i)
}

// goOn is run.own.
func (s *stepper) goOn(w *world, i int) {
	if w.row.unsent {
		s.take(w, i)
		return
	}
	s.begin(w, i)
}

// resume is the loop of a run with a caller, after it has read the record.
func (s *stepper) resume(w *world, i int) {
	r := &w.replicas[i]
	switch w.state() {
	case succeeded:
		w.report(done)
		r.rest()
	case failed:
		w.report(refused)
		r.rest()
	case notSent:
		s.transit(w, &w.row, restarted, caller)
		w.row.released, w.row.owner, w.row.unattended, w.row.unsent = false, int8(i+1), 0, false
		s.own(w, i)
	case intent, unknown:
		if w.free(i) {
			s.take(w, i)
		} else {
			r.rest()
		}
	default:
		r.rest()
	}
}

// take makes a replica the owner of an open record. If the owner has died, settle begins with
// abandon.
func (s *stepper) take(w *world, i int) {
	w.row.owner = int8(i + 1)
	r := &w.replicas[i]
	r.phase = asking
	w.wrote(i)
	r.copy = w.row
	if w.state() != intent {
		return
	}
	if s.abandon(w, &r.copy) == neverSent {
		r.phase = giving
	}
}

// abandon is Service.abandon.
func (s *stepper) abandon(w *world, r *row) event {
	if r.unsent {
		s.transit(w, r, abandoned, settler)
		return abandoned
	}
	what := s.afterDeath(s.looksFirst, r.released || w.gap, int32(r.unanswered))
	s.transit(w, r, what, settler)
	if what == neverSent {
		r.saidExists = false
	} else {
		r.countUnanswered()
	}
	return what
}

func (s *stepper) settlerSteps() {
	i, r := s.who, s.from.replicas[s.who]
	switch r.phase {
	case asking:
		for _, seen := range s.sights(&s.from) {
			s.ask(i, seen, true)
			if !r.caller {
				s.ask(i, seen, false)
			}
		}
		s.step("cannot look it up", func(w *world) { s.giveBack(w, i) })
	case deciding:
		what := decisions()[r.what]
		if s.waitsTooLate && r.over {
			what = s.decide(s.facts(&r, r.over, r.caller))
		}
		s.write("records what it decided: "+string(what), func(w *world) { s.follow(w, i, what) }, func(w *world) {
			if r := &w.replicas[i]; what == resend { // it sends nothing, and gives the creation back
				r.what = int8(slices.Index(decisions(), wait))
				r.copy.unattended = min(r.copy.unattended+1, maxUnattended)
			}
		})
	case giving:
		s.write("records that nothing was sent", func(w *world) { s.giveBack(w, i) }, nil)
	}
}

// ask looks the customer up and decides. It reads the wait before the look-up. finish_within may
// end at any time.
func (s *stepper) ask(i int, seen sight, maySend bool) {
	next := s.from.replicas[i]
	next.ours, next.others, next.unclear = s.match(seen, next.copy.released)
	if s.near {
		next.near = next.unclear
	}
	next.waited = next.over && next.seen == next.copy.waitsFor() || s.keepsOldWait && next.over
	if next.caller {
		next.copy.unattended = 0
	}
	what := s.decide(s.facts(&next, next.waited, maySend))
	s.step("looks it up, finds "+seen.String()+", and decides: "+string(what), func(w *world) {
		s.beginWait(w, i, next.copy.waitsFor())
		w.shown = w.shown || seen.stranger > 0
		r := &w.replicas[i]
		r.phase, r.what, r.copy.unattended = deciding, int8(slices.Index(decisions(), what)), next.copy.unattended
		if s.waitsTooLate {
			r.ours, r.others, r.unclear, r.near = next.ours, next.others, next.unclear, next.near
		}
	})
}

func decisions() []decision {
	return []decision{wait, takeOurs, takeOther, refuse, exist, resend, giveUp, askPerson}
}

// facts are those that settle collects.
func (s *stepper) facts(r *replica, waited, maySend bool) facts {
	refusal := r.copy.refusal
	if refusal != notRefused && r.copy.unanswered > 0 {
		refusal = needsLateLookup
	}
	return facts{
		class: s.class, onExisting: s.onExisting, ours: int(r.ours), others: int(r.others), unclear: int(r.unclear), near: int(r.near),
		waited: waited, refusal: refusal, saidExists: r.copy.saidExists, attended: r.caller, canFinish: maySend,
		unattended: int(r.copy.unattended), rested: true, // a pause is another order of the steps
	}
}

// follow carries out a decision, as settle does.
func (s *stepper) follow(w *world, i int, what decision) {
	r := &w.replicas[i]
	switch what {
	case takeOurs, takeOther:
		r.copy.saidExists = false
		s.transit(w, &r.copy, found, settler)
	case exist:
		r.copy.saidExists = true
		s.transit(w, &r.copy, exists, settler)
	case refuse:
		s.transit(w, &r.copy, refused, settler)
	case giveUp:
		r.copy.saidExists, r.copy.believedMissing = false, true
		s.transit(w, &r.copy, missing, settler)
	case askPerson:
		s.transit(w, &r.copy, undecidable, settler)
	case resend:
		s.sendAgain(w, i)
		return
	}
	s.giveBack(w, i)
}

// giveBack is Service.giveBack. It writes the settler's record, and responds from the record as it
// is then.
func (s *stepper) giveBack(w *world, i int) {
	r := &w.replicas[i]
	if r.copy.state != int8(unknown) {
		w.forget(i)
	}
	s.update(w, i, s.settlerOverwrites)
	if r.caller && w.state() == succeeded {
		w.report(done)
	}
	if r.caller && w.state() == failed {
		w.report(refused)
	}
	r.rest()
}

// sendAgain is Service.sendAgain.
func (s *stepper) sendAgain(w *world, i int) {
	r := &w.replicas[i]
	s.transit(w, &r.copy, sendAgain, settler)
	r.copy.unsent = false
	if !r.caller {
		r.copy.unattended++
	}
	if s.update(w, i, s.settlerOverwrites) {
		r.what, r.ours, r.others, r.unclear, r.near, r.waited = 0, 0, 0, 0, 0, false
		s.begin(w, i)
		return
	}
	if s.takesBackOthers && int(w.row.owner) == i+1 { // takeBackResend
		if w.state() == intent {
			s.transit(w, &w.row, unanswered, sender)
		}
		w.row.owner = 0
		w.wrote(i)
	}
	r.rest()
}
