package once

// steps returns all steps that can follow a state.
func (m *model) steps(w world, into []modelStep) []modelStep {
	s := &stepper{model: m, from: w, into: into}
	for i := range w.replicas {
		s.who = i
		s.replicaSteps()
		s.personSteps()
		s.mishaps()
	}
	s.who = theJournal
	if w.faint {
		s.add(modelStep{what: "its primary dies, and the standby does not have the latest write"}, (*world).lose)
	}
	s.who = theVendor
	s.vendorSteps()
	s.who = theClock
	s.clockSteps()
	s.lossSteps()
	return s.into
}

// stepper collects steps.
type stepper struct {
	*model
	from world
	who  int
	into []modelStep
}

// step adds a helping step.
func (s *stepper) step(what string, change func(w *world)) {
	s.add(modelStep{what: what, helping: true}, change)
}

// write adds a helping step that writes the record. The write may also return an error although
// reads show it. Then failed, if not nil, says what the replica does beside a repetition.
func (s *stepper) write(what string, change, failed func(w *world)) {
	s.step(what, change)
	s.writeFaintly(what, change, failed)
}

func (s *stepper) writeFaintly(what string, change, failed func(w *world)) {
	if s.from.mishaps == 0 {
		return
	}
	s.add(modelStep{what: what + "; the write returns an error, and reads show it"}, func(w *world) {
		if s.from.replicas[s.who].phase == idle { // it has just read the record
			s.read(w)
		}
		after := *w
		if change(&after); after.row == w.row {
			return
		}
		w.mishaps--
		w.wroteFaintly(s.who, after.row)
		if failed != nil {
			failed(w)
		}
	})
}

// add adds a step that changes something. It builds the step in place, which saves an allocation.
func (s *stepper) add(made modelStep, change func(w *world)) {
	s.into = append(s.into, made)
	added := &s.into[len(s.into)-1]
	added.who, added.then = s.who, s.from
	change(&added.then)
	s.normalize(&added.then)
	if added.then == s.from {
		s.into = s.into[:len(s.into)-1]
	}
}

// mishaps are crashes, after which a new process replaces the old one. A false death is a step of
// the replica that takes the record.
func (s *stepper) mishaps() {
	i, r := s.who, s.from.replicas[s.who]
	owns := int(s.from.row.owner) == i+1 || int(s.from.durable.owner) == i+1 // without the record, a mishap is the same as no further step
	if s.from.mishaps > 0 && owns && r.phase != idle {
		s.add(modelStep{what: "crashes; another process starts in its place"}, func(w *world) {
			if r.phase == awaiting {
				w.requests[r.request].hangUp(false)
			}
			w.mishaps--
			w.replicas[i] = replica{}
			for j := range w.requests {
				w.requests[j].before[i] = false
			}
			w.row.disown(i)
			w.durable.disown(i)
		})
	}
}

// disown removes a dead owner.
func (r *row) disown(i int) {
	if int(r.owner) == i+1 {
		r.owner = 0
	}
}

// vendorSteps carry out a request that was sent, lose it, and show what it made.
func (s *stepper) vendorSteps() {
	for i, r := range s.from.requests {
		if r.status != underWay {
			continue
		}
		s.step("does nothing, and says so if it can", func(w *world) { w.requests[i].ends(nothing, saysNothing) })
		there := s.stranger != noStranger || s.from.made() > 0
		switch {
		case s.refuses:
			s.step("refuses for good", func(w *world) { w.requests[i].ends(nothing, saysRejected) })
			s.step("refuses with a server error", func(w *world) { w.requests[i].ends(nothing, saysDoubted) })
			s.step("refuses a value that must be unique", func(w *world) { w.requests[i].ends(nothing, saysEcho) })
		case s.class == enforced && s.onExisting != onUpdate && there:
			s.step("refuses because the customer exists", func(w *world) { w.requests[i].ends(nothing, saysExists) })
		default:
			s.step("makes the customer", func(w *world) { w.requests[i].ends(hidden, saysCreated) })
			s.step("makes the customer, and a proxy says that nothing was done", func(w *world) { w.requests[i].ends(hidden, saysNothing) })
			if s.class == enforced && s.onExisting != onUpdate {
				s.step("makes the customer, and refuses a copy because it exists", func(w *world) { w.requests[i].ends(hidden, saysExists) })
			} else if s.class != enforced {
				s.step("makes the customer, and refuses a copy", func(w *world) { w.requests[i].ends(hidden, saysEcho) })
			}
		}
	}
}

// become changes the status. Which waits began after the request was sent matters until all
// look-ups show what it made.
func (r *request) become(status requestStatus) {
	r.status = status
	if status != hidden {
		r.before = [2]bool{}
	}
}

// ends ends the vendor's work on a request. The response is sent if its sender still waits.
func (r *request) ends(status requestStatus, response responseKind) {
	r.become(status)
	if r.response != unheard {
		r.response = response
	}
}

// unheard is the response of a request whose sender no longer waits.
const unheard responseKind = -1

// hangUp ends the wait of the sender.
func (r *request) hangUp(knowsNothingWasDone bool) {
	r.response = unheard
	if knowsNothingWasDone {
		r.become(harmless)
	}
}

// lossSteps lose the record: a standby without it is promoted. The replicas learn of the gap before
// they write or send again.
func (s *stepper) lossSteps() {
	if s.from.losses == 0 || s.from.state() == none {
		return
	}
	s.add(modelStep{what: "the journal loses the record"}, func(w *world) {
		w.losses--
		w.erased = false // a list of erased operations brings it back
		w.row, w.gap = row{}, !s.opensNoGap
		for i := range w.replicas {
			w.replicas[i].latest = w.replicas[i].latest && s.sendsAfterLoss && w.replicas[i].phase == sending
			if w.gap && !s.waitsFromBefore {
				w.forget(i)
			}
		}
	})
}

// clockSteps end waits.
func (s *stepper) clockSteps() {
	for i, r := range s.from.replicas {
		if r.seen == 0 || r.over {
			continue
		}
		over := true
		for _, q := range s.from.requests {
			if q.before[i] && q.status == underWay {
				over = false
			}
		}
		if over {
			s.step([...]string{"the vendor's limit has gone by for A", "the vendor's limit has gone by for B"}[i], func(w *world) { s.limitGoesBy(w, i) })
		}
	}
}

// limitGoesBy ends a wait. From now on look-ups show what requests made that were sent before it
// began.
func (s *stepper) limitGoesBy(w *world, i int) {
	w.replicas[i].over = true
	if s.ignoresLag {
		return
	}
	w.shown = s.stranger != noStranger
	for j := range w.requests {
		if q := &w.requests[j]; q.before[i] && q.status == hidden {
			q.become(visible)
		}
	}
}

// beginWait is observed.wait. A wait begins with its first call, and again after another send.
func (s *stepper) beginWait(w *world, i int, waitsFor int8) {
	r := &w.replicas[i]
	if r.seen == waitsFor || r.seen != 0 && s.keepsOldWait {
		return
	}
	r.seen, r.over = waitsFor, false
	for j := range w.requests {
		q := &w.requests[j]
		q.before[i] = q.status == underWay || q.status == hidden
	}
}

// sights are what a look-up may show. It may miss recent customers.
func (s *stepper) sights(w *world) (sights []sight) {
	if s.blindLookups() {
		return []sight{{}}
	}
	return s.shows(w)
}

// blindLookups reports that look-ups show nothing.
func (s *stepper) blindLookups() bool { return s.class == noSafety || s.blind }

// shows are what the vendor may show to a reader.
func (s *stepper) shows(w *world) (sights []sight) {
	strangers := []int8{0, 1}
	if s.stranger == noStranger {
		strangers = strangers[:1]
	} else if w.shown {
		strangers = strangers[1:]
	}
	for ours := w.count(visible); ours <= w.made(); ours++ {
		for _, stranger := range strangers {
			if s.onExisting == onUpdate && ours > 0 { // all are one
				sights = append(sights, sight{ours: 1})
			} else {
				sights = append(sights, sight{ours: ours, stranger: stranger})
			}
		}
	}
	return sights
}

// sight is what a look-up shows: customers of ours, and of a stranger.
type sight struct{ ours, stranger int8 }

func (s sight) String() string {
	switch {
	case s.ours+s.stranger == 0:
		return "nothing"
	case s.ours > 0 && s.stranger > 0:
		return "ours and the stranger"
	case s.ours > 0:
		return "ours"
	}
	return "the stranger"
}

// match is the result of FindCustomer.
func (s *stepper) match(seen sight, looked bool) (ours, others, unclear int8) {
	switch {
	case s.near:
		return 0, 0, seen.ours
	case s.byLook && looked && seen.ours+seen.stranger == 1: // none was there before, so it is ours
		return 1, 0, 0
	case s.byLook:
		return 0, 0, seen.ours + seen.stranger
	case s.stranger == unclearStranger:
		return seen.ours, 0, seen.stranger
	}
	return seen.ours, seen.stranger, 0
}
