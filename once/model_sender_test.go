package once

// replicaSteps are the next steps of the run in a replica. Without a run, they are those of the
// caller and the reconciler.
func (s *stepper) replicaSteps() {
	i, r := s.who, s.from.replicas[s.who]
	switch r.phase {
	case idle:
		s.idleSteps()
		return
	case looking:
		for _, seen := range s.sights(&s.from) {
			s.step("looks before it sends, and finds "+seen.String(), func(w *world) { s.lookBefore(w, i, seen) })
		}
		s.step("cannot look at the vendor, so nothing is sent", func(w *world) { w.replicas[i].end(nothingSent, false) })
	case saying:
		s.write("says that it is about to send", func(w *world) { s.say(w, i) }, func(w *world) { w.replicas[i].end(nothingSent, false) })
	case sending:
		s.step("sends", func(w *world) { s.send(w, i) })
		s.step("cannot send", func(w *world) { w.replicas[i].end(nothingSent, false) })
	case awaiting:
		s.waitingSteps()
	case ending:
		s.endingSteps()
	case lating:
		s.write("records its late response", func(w *world) { s.recordLate(w, i) }, nil)
	case beginning, withdrawing:
		s.failedIntentSteps()
	case asking, deciding, giving:
		s.settlerSteps()
	}
	if s.open() && s.from.row.owner == 0 {
		s.step("its reconciler claims the creation, which its run still works on", func(w *world) {
			w.row.owner = int8(i + 1)
			w.wrote(i)
			w.replicas[i].latest = false
		})
	}
}

func (s *stepper) open() bool { return s.from.state() == intent || s.from.state() == unknown }

// begin starts to send a record that was just written as INTENT.
func (s *stepper) begin(w *world, i int) {
	r := &w.replicas[i]
	r.phase, r.latest, r.copy = sending, true, w.row
	if s.looksFirst {
		r.phase = looking
	}
}

// failedIntentSteps follow an intent whose write has returned an error (repeatIntent, withdraw).
func (s *stepper) failedIntentSteps() {
	i := s.who
	if s.from.replicas[i].phase == beginning {
		s.step("repeats the write of its intent", func(w *world) {
			if s.read(w); w.replicas[i].latest { // finds its own mark
				s.goOn(w, i)
				return
			}
			w.replicas[i].rest()
			s.arrive(w, i)
		})
	}
	s.step("withdraws its intent", func(w *world) {
		if w.replicas[i].latest {
			s.transit(w, &w.row, notDone, sender)
			w.row.owner = 0
			w.wrote(i)
		}
		w.replicas[i].rest()
	})
	s.step("gives up its intent, which it does not find yet", func(w *world) { w.replicas[i].rest() })
}

func (r *replica) end(ended result, exists bool) {
	r.phase, r.ended, r.exists, r.echoed, r.request = ending, int8(ended), exists, exists, 0
}

// lookBefore is the look-up of a creation that looks first.
func (s *stepper) lookBefore(w *world, i int, seen sight) {
	r := &w.replicas[i]
	w.shown = w.shown || seen.stranger > 0
	switch {
	case seen != sight{} && s.onExisting == onAdopt && !s.near:
		r.end(created, false)
	case seen != sight{} && s.onExisting != onUpdate:
		r.end(rejected, true)
	case r.copy.released:
		r.phase = sending
	default:
		r.phase = saying
	}
}

// holds reports whether a replica has held its lease without a gap since it took the record, so
// that no other can have taken that over. If no other has, a send after a gap makes no difference.
func (s *stepper) holds(r *replica) bool { return r.latest || s.forgetsGap }

// say is the write in release.
func (s *stepper) say(w *world, i int) {
	r := &w.replicas[i]
	if r.copy.released = true; s.checksTooEarly && !s.holds(r) || !s.update(w, i, s.senderOverwrites) {
		r.copy.released = false
		r.end(nothingSent, false)
		return
	}
	r.phase = sending
}

func (s *stepper) send(w *world, i int) {
	r := &w.replicas[i]
	at := w.count(underWay, hidden, visible, nothing, harmless)
	mayLeave := s.holds(r) || s.checksTooEarly && s.looksFirst
	if !mayLeave || at == s.sends {
		r.end(nothingSent, false)
		return
	}
	w.resent = w.resent || w.erased || w.state() == erased
	w.twice = w.twice || s.class == noSafety && at > w.count(harmless)
	w.requests[at] = request{status: underWay}
	r.phase, r.request = awaiting, at
}

func (s *stepper) waitingSteps() {
	i, r := s.who, s.from.replicas[s.who]
	hear := func(what string, knows bool, ended result, exists bool) {
		s.step(what, func(w *world) {
			w.requests[r.request].hangUp(knows && s.class == noSafety)
			w.replicas[i].end(ended, exists)
		})
	}
	hear("gets no response", false, noResponse, false)
	switch s.from.requests[r.request].response {
	case saysCreated:
		hear("hears that the customer was made", false, created, false)
	case saysRejected:
		hear("hears that it was refused", true, rejected, false)
	case saysDoubted:
		hear("hears that it was refused with a server error", true, doubted, false)
	case saysEcho:
		s.step("hears that it was refused, perhaps because of a copy", func(w *world) {
			w.requests[r.request].hangUp(false)
			w.replicas[i].end(doubted, false)
			w.replicas[i].echoed = true
		})
	case saysNothing:
		hear("hears that nothing was done", false, unproven, false)
	case saysExists:
		for _, seen := range s.sights(&s.from) {
			if seen != (sight{}) && s.onExisting == onAdopt && !s.near {
				hear("hears that it exists, and adopts it", false, created, false)
			} else {
				hear("hears that it exists", false, doubted, true)
			}
		}
	}
}

func (s *stepper) endingSteps() {
	i, r := s.who, s.from.replicas[s.who]
	s.write("records how its send ended", func(w *world) { s.conclude(w, i) }, func(w *world) { w.replicas[i].writing = true })
	if ended := result(r.ended); r.caller && (ended == doubted || ended == unproven) { // proceed
		s.step("records how its send ended, and looks it up for its caller", func(w *world) {
			if s.conclude(w, i); s.open() && w.free(i) {
				w.replicas[i].caller = true
				s.take(w, i)
			}
		})
	}
	if result(r.ended) == nothingSent && !r.writing && s.from.count(unsent) > int8(maxSends)-s.sends {
		s.step("sends once more, since nothing was done", func(w *world) {
			s.begin(w, i)
			w.replicas[i].copy, w.replicas[i].latest, w.replicas[i].ended, w.replicas[i].exists = r.copy, r.latest, 0, false
		})
	}
	what := s.afterSend(result(r.ended), int32(r.copy.unanswered), r.copy.believedMissing)
	// Before the write, a caller may learn only what every successor of a dead replica finds as
	// well.
	if r.caller && (what == done && (r.copy.released || !s.looksFirst || s.reportsAdoptedEarly) || what == refused && s.reportsRefusedEarly) {
		s.step("cannot write, and tells its caller what the vendor said", func(w *world) {
			w.report(what)
			w.reported |= reportedUnwritten
			w.replicas[i].caller = false
		})
	}
}

func (w *world) report(what event) {
	switch what {
	case done:
		w.reported |= reportedSuccess
	case refused:
		w.reported |= reportedRefusal
	}
}

// conclude is Service.conclude.
func (s *stepper) conclude(w *world, i int) {
	r := &w.replicas[i]
	ended := result(r.ended)
	what := s.afterSend(ended, int32(r.copy.unanswered), r.copy.believedMissing)
	r.copy.saidExists = r.exists
	if what == unanswered {
		switch ended {
		case noResponse, unproven:
			r.copy.countUnanswered()
		case nothingSent:
			r.copy.refusal = notRefused
		default:
			r.copy.refusal, r.copy.believedMissing = needsLookup, false
			if r.echoed {
				r.copy.refusal = needsLateLookup
			}
		}
		s.beginWait(w, i, r.copy.waitsFor())
	}
	s.transit(w, &r.copy, what, sender)
	caller := r.caller
	switch {
	case s.update(w, i, s.senderOverwrites):
		if caller {
			w.report(what)
		}
	case what == done && !s.dropsLateResponse:
		r.phase = lating
		return
	case caller && (what == done || s.reportsWhenLost):
		w.report(what)
	}
	r.rest()
}

func (c *row) countUnanswered() {
	c.unanswered++
	c.refusal, c.believedMissing = notRefused, false
}

// waitsFor identifies what a wait is for. Another send, refused or without a proof, begins another
// wait.
func (c *row) waitsFor() int8 {
	if c.refusal != notRefused {
		return 2*c.unanswered + 1
	}
	return 2 * c.unanswered
}

// update is Service.update. It writes a replica's copy unless the record has changed since the
// replica read it.
func (s *stepper) update(w *world, i int, overwrites bool) bool {
	r := &w.replicas[i]
	ownAgain := s.writesOverOwn && int(w.row.owner) == i+1
	if !r.latest && !overwrites && !ownAgain {
		s.read(w)
		return false
	}
	r.copy.owner = 0
	if r.copy.state == int8(intent) {
		r.copy.owner = int8(i + 1)
	}
	w.row = r.copy
	w.wrote(i)
	return true
}

// recordLate is Service.recordLate.
func (s *stepper) recordLate(w *world, i int) {
	r := &w.replicas[i]
	s.read(w)
	if w.state() == none { // lost
		r.rest()
		return
	}
	if w.state() == intent {
		if int(w.row.owner) != i+1 || s.waitsForItself {
			return // again later
		}
		s.abandon(w, &w.row) // this replica claimed it from one that has died, and no run sends
	}
	if w.state() == erased { // the response is dropped
		r.rest()
		return
	}
	if w.state() != succeeded && w.state() != failed {
		s.transit(w, &w.row, lateResponse, sender)
		w.row.owner = 0
		w.wrote(i)
	}
	switch { // the caller gets the recorded outcome: another replica may not have seen an adopted customer
	case r.caller && w.state() == failed:
		w.report(refused)
	case r.caller:
		w.report(done)
	}
	r.rest()
}
