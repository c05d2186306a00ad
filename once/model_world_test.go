package once

import (
	"fmt"
	"strings"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// world is one state of the model. It is a map key, so it contains only bytes, and equal states
// look the same.
type world struct {
	row        row  // as reads show it
	faint      bool // the latest write returned an error, and is not durable
	durable    row  // what remains if a faint row is lost
	replicas   [2]replica
	requests   [maxSends]request
	reported   reported
	mishaps    int8 // left
	unverified int8 // left
	erred      bool // a person has overridden the check, so callers may get both a decision and its correction
	again      int8 // left
	losses     int8 // left
	gap        bool // the journal has lost the record, and a gap is open
	shown      bool // the stranger is found by look-ups
	illegal    bool // a transition that the table does not have
	twice      bool // a second send at a vendor that cannot be asked
	erased     bool // the record was erased
	resent     bool // a request was sent since then
}

// row is the record. Its version is not a number: a replica knows whether its copy is the latest.
type row struct {
	state           int8
	owner           int8 // 1 + replica; 0 for no living replica
	unanswered      int8
	released        bool
	refusal         refusal // of the latest send, as the response has it
	unattended      int8
	saidExists      bool
	believedMissing bool
	decided         decidedKind
	unsent          bool // only a lost record may have been sent (isUnsent)
}

// decidedKind is whether a person has decided.
type decidedKind int8

const (
	undecided decidedKind = iota
	checked               // and the check had no objection
	unchecked             // and has overridden the check
)

// reported is what callers have learned.
type reported int8

const (
	reportedSuccess reported = 1 << iota
	reportedRefusal
	reportedUnwritten // some of it before it was written
)

// phase is the next step of the run in a replica.
type phase int8

const (
	idle        phase = iota
	looking           // looks the customer up before it sends
	saying            // records that it is about to send
	sending           // lets the request leave
	awaiting          // waits for the vendor's response
	ending            // records how the send ended
	lating            // records the vendor's response although another replica has taken over
	asking            // looks the customer up to settle
	deciding          // decides, and records that
	giving            // records that the dead owner has sent nothing
	beginning         // repeats the write of a new intent, which returned an error
	withdrawing       // withdraws an intent whose write returned an error
)

func (p phase) String() string {
	return [...]string{
		"idle", "looking", "saying", "sending", "awaiting", "ending", "lating", "asking", "deciding", "giving", "beginning", "withdrawing",
	}[p]
}

// replica is a process: its lease, its run of the creation, and since when it has seen the outcome
// to be unknown.
type replica struct {
	phase   phase
	request int8
	ended   int8 // result
	exists  bool // the result was that the customer exists
	echoed  bool // an earlier copy of the request may have caused the result
	latest  bool // no other has written the record since, so a gap in its lease did not matter
	durable bool // latest again if the faint row is lost
	writing bool // a write of how its send ended returned an error
	caller  bool // waits for the response
	copy    row
	what    int8 // decision to record, by decisions
	ours    int8
	others  int8
	unclear int8
	near    int8
	waited  bool
	seen    int8 // unanswered sends when the wait began; 0: no wait
	over    bool // the vendor's limit has gone by
}

// rest ends a run.
func (r *replica) rest() { *r = replica{seen: r.seen, over: r.over} }

// request is one at the vendor.
type request struct {
	status   requestStatus
	response responseKind
	before   [2]bool // sent before the replica's present wait began
}

type requestStatus int8

const (
	unsent   requestStatus = iota
	underWay               // on its way there, or being carried out
	hidden                 // it has made a customer, which look-ups do not show yet
	visible                // it has made a customer
	nothing                // lost, or carried out and nothing made
	harmless               // the same, and its sender knows
)

type responseKind int8

const (
	noResponseYet responseKind = iota
	saysCreated
	saysRejected
	saysDoubted // refuses, which one look-up must confirm
	saysEcho    // refuses, which an earlier copy of the request may have caused
	saysExists
	saysNothing // says that it did nothing, or a proxy does
)

// normalize makes worlds equal in which the same can happen.
func (m *model) normalize(w *world) {
	for i := range w.replicas {
		if r := &w.replicas[i]; !r.latest && !r.durable && r.phase != idle && m.flaws == (flaws{}) {
			m.outdated(r)
		}
	}
	w.sortRequests()
	if (w.state() == succeeded || w.state() == failed) && w.row.decided == undecided && !w.faint { // no decision depends on the wait
		for i := range w.replicas {
			w.forget(i)
		}
	}
}

// sortRequests sorts the requests, since their order has no effect.
func (w *world) sortRequests() {
	for i := 1; i < len(w.requests); i++ {
		for j := i; j > 0 && w.requests[j-1].less(w.requests[j]); j-- {
			w.requests[j-1], w.requests[j] = w.requests[j], w.requests[j-1]
			w.swapped(j-1, j)
		}
	}
}

// swapped makes the replicas refer to two requests that changed places.
func (w *world) swapped(i, j int) {
	for k := range w.replicas {
		switch r := &w.replicas[k]; {
		case r.phase != awaiting:
		case int(r.request) == i:
			r.request = int8(j)
		case int(r.request) == j:
			r.request = int8(i)
		}
	}
}

// outdated reduces a run that has lost the record to what it can still do: get the response that
// the customer was made, and begin a wait.
func (m *model) outdated(r *replica) {
	switch {
	case r.phase == saying, r.phase == sending, r.phase == giving, r.phase == deciding, r.phase == looking && m.onExisting != onAdopt,
		r.phase == ending && (result(r.ended) == rejected || result(r.ended) == nothingSent):
		r.rest()
	default:
		r.copy = row{state: r.copy.state, unanswered: r.copy.unanswered, refusal: r.copy.refusal, released: r.copy.released}
	}
}

// less puts requests in order, the unsent ones last.
func (r request) less(than request) bool {
	return r.order() < than.order()
}

func (r request) order() (n int) {
	n = int(r.status)*8 + int(r.response) + 1
	for _, b := range r.before {
		n *= 2
		if b {
			n++
		}
	}
	return n
}

// forget is observed.forget.
func (w *world) forget(i int) {
	w.replicas[i].seen, w.replicas[i].over = 0, false
	for j := range w.requests {
		w.requests[j].before[i] = false
	}
}

func (w *world) count(statuses ...requestStatus) (n int8) {
	for _, r := range w.requests {
		for _, s := range statuses {
			if r.status == s {
				n++
			}
		}
	}
	return n
}

// made counts the customers of ours.
func (w *world) made() int8 { return w.count(hidden, visible) }

// quiet reports that no step that has begun can still have an effect.
func (w *world) quiet() bool {
	return w.replicas[0].phase == idle && w.replicas[1].phase == idle && w.count(underWay) == 0
}

func (w *world) state() enlistv1.OperationState { return enlistv1.OperationState(w.row.state) }

// wrote marks that a replica has written the record durably.
func (w *world) wrote(by int) {
	for i := range w.replicas {
		w.replicas[i].latest = i == by && w.replicas[i].phase != idle
	}
	w.confirm()
}

// confirm makes the row durable.
func (w *world) confirm() {
	w.faint, w.durable = false, row{}
	for i := range w.replicas {
		w.replicas[i].durable = false
	}
}

// wroteFaintly writes a row that is not durable. The writer gets an error.
func (w *world) wroteFaintly(by int, written row) {
	if !w.faint {
		w.faint, w.durable = true, w.row
		for i := range w.replicas {
			w.replicas[i].durable = w.replicas[i].latest
		}
	}
	w.row = written
	for i := range w.replicas {
		w.replicas[i].latest = w.replicas[i].latest && i == by
	}
}

// lose makes the row what is durable.
func (w *world) lose() {
	w.row = w.durable
	for i := range w.replicas {
		w.replicas[i].latest = w.replicas[i].durable
	}
	w.confirm()
}

// read makes what a read returns durable first, as the journal does.
func (s *stepper) read(w *world) {
	if w.faint && !s.readsFaint {
		w.confirm()
	}
}

// free reports whether a replica may take the record without a false death.
func (w *world) free(by int) bool { return w.row.owner == 0 || int(w.row.owner) == by+1 }

func (m *model) start() world {
	return world{mishaps: m.mishaps, again: m.again, unverified: m.unverified, losses: m.losses, shown: m.byLook}
}

// transit moves a row by the table.
func (m *model) transit(w *world, r *row, what event, by actor) {
	record := &m.moved
	*record = journal.Record{State: enlistv1.OperationState(r.state), Events: record.Events[:0]}
	if r.decided != undecided {
		record.Payload = &journalv1.Payload{Decision: &enlistv1.OperationDecision{}}
	}
	if err := m.move(record, what, by); err != nil {
		w.illegal = true
	}
	r.state = int8(record.State)
}

func (w *world) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s", strings.TrimPrefix(w.state().String(), "OPERATION_STATE_"))
	if w.row.owner != 0 {
		fmt.Fprintf(&s, " of %c", 'A'+w.row.owner-1)
	}
	if w.faint {
		s.WriteString(" not durable")
	}
	if w.row.unanswered > 0 {
		fmt.Fprintf(&s, " unanswered=%d", w.row.unanswered)
	}
	for _, f := range []struct {
		is   bool
		name string
	}{
		{w.row.released, "released"},
		{w.row.refusal != notRefused, "refused"},
		{w.row.unattended > 0, "unattended"},
		{w.row.saidExists, "said-exists"},
		{w.row.believedMissing, "believed-missing"},
		{w.row.unsent, "unsent"},
		{w.gap, "in a gap"},
		{w.row.decided != undecided, "decided"},
		{w.row.decided == unchecked, "unverified"},
	} {
		if f.is {
			s.WriteString(" " + f.name)
		}
	}
	for i, r := range w.replicas {
		fmt.Fprintf(&s, "; %c %s", 'A'+i, r.phase)
		if r.phase != idle && !r.latest {
			s.WriteString(" outdated")
		}
	}
	names := [...]string{"", "under way", "made, hidden", "made", "nothing made", "nothing made"}
	for i, r := range w.requests {
		if r.status != unsent {
			fmt.Fprintf(&s, "; request %d %s", i+1, names[r.status])
		}
	}
	return s.String()
}
