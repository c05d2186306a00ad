package once

import (
	"bytes"
	"context"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// effect is what a run does next.
type effect int

const (
	finish  effect = iota // respond to the caller
	load                  // read the record
	begin                 // record the intent of a new creation
	restart               // record the intent of a creation that was NOT_SENT
	take                  // become the owner of an open creation
	send                  // call the vendor's create
	lookUp                // look the customer up, and decide what follows
	rest                  // wait
)

// hold is what a run may do with its record.
type hold int

const (
	free  hold = iota // read it
	owned             // write it, after a look-up
	ready             // send: this run has recorded the intent
)

// position is where a run stands.
type position struct {
	over     bool                    // the run has its response
	waits    bool                    // a pause comes before the next effect
	attended bool                    // the run has a caller
	recorded bool                    // the journal has a record, as far as this run knows
	loaded   bool                    // and this run has read it
	isSame   bool                    // the record is of the caller's request
	state    enlistv1.OperationState // of the record
	hold     hold
}

// nextEffect is the whole loop as a function. It returns what a run does next, from where it
// stands.
func nextEffect(p position) effect {
	switch {
	case p.over:
		return finish
	case p.waits:
		return rest
	case p.hold == ready:
		return send
	case p.hold == owned:
		return lookUp
	case !p.recorded && p.attended:
		return begin
	case !p.loaded:
		return load
	case p.attended && !p.isSame:
		return finish
	case p.attended && p.state == notSent:
		return restart
	case p.state == intent || p.state == unknown:
		return take
	default:
		return finish
	}
}

// run is the work on one creation in this process. Callers, readers, waiters and the reconciler
// each start one.
type run struct {
	*job

	// order is what the caller requested; nil without a caller.
	order *order
	// creation is the prepared request. Without a caller it is made from the journal.
	creation providers.Creation
	// record is the creation as this run last read or wrote it; nil if the run must read it.
	// recorded: the journal has a record, as far as this run knows.
	record   *journal.Record
	recorded bool
	hold     hold
	// claimed: the reconciler has made this replica the owner.
	claimed bool
	// opened: this run has recorded the intent for its caller. After its first send it looks up
	// only if the vendor's response says that this helps (isFollowed).
	opened bool
	// resent: the latest send followed a look-up.
	resent bool
	// wait is the pause before the next effect. restTimeout is the error if the caller's deadline
	// passes in it.
	wait        time.Duration
	restTimeout error
	// over: the run has its response, which is response and err.
	over     bool
	response *enlistv1.CreateCustomerResponse
	err      error
}

func (r *run) position() position {
	p := position{over: r.over, waits: r.wait > 0, attended: r.order != nil, recorded: r.recorded, hold: r.hold}
	if r.record != nil {
		p.loaded, p.state = true, r.record.State
		p.isSame = p.attended && r.isSame()
	}
	return p
}

// isSame reports whether the record is of the caller's request.
func (r *run) isSame() bool {
	return bytes.Equal(r.record.Payload.GetFingerprint(), r.order.fingerprint)
}

// drive works on a creation until its run is over. It is the only loop that leads to a vendor.
func (s *Service) drive(ctx context.Context, r *run) (*enlistv1.CreateCustomerResponse, error) {
	for {
		switch nextEffect(r.position()) {
		case finish:
			s.finish(r)
			return r.response, r.err
		case load:
			s.load(ctx, r)
		case begin:
			s.begin(ctx, r)
		case restart:
			s.restart(ctx, r)
		case take:
			s.take(ctx, r)
		case send:
			s.send(ctx, r)
		case lookUp:
			s.settle(ctx, r)
		case rest:
			if wait := r.wait; sleep(ctx, wait) {
				r.wait = 0
			} else {
				r.end(nil, r.restTimeout)
			}
		}
	}
}

// end sets the response of the run.
func (r *run) end(response *enlistv1.CreateCustomerResponse, err error) {
	r.over, r.response, r.err = true, response, err
}

// reread makes the run read the record again before its next effect.
func (r *run) reread() { r.record, r.hold = nil, free }

// finish sets the response from the record, unless the run has one.
func (s *Service) finish(r *run) {
	switch {
	case r.over || r.order == nil:
	case !r.isSame():
		r.end(nil, reused())
	default:
		s.metrics.replayed.WithLabelValues(r.record.Provider).Inc()
		r.end(replay(r.record))
	}
}

// load reads the record.
func (s *Service) load(ctx context.Context, r *run) {
	record, err := s.get(ctx, r.key)
	switch {
	case err != nil:
		if r.claimed { // no one else would work on it
			s.letGo(r.job)
		}
		r.end(nil, journalUnreadable(err))
	case record == nil && r.order == nil:
		r.end(nil, nil)
	default:
		r.record, r.recorded = record, record != nil // its retention may just have ended
	}
}

// take makes this replica the owner of an open creation, unless another living replica is.
func (s *Service) take(ctx context.Context, r *run) {
	taken, err := s.own(ctx, r)
	switch {
	case err != nil:
		r.end(nil, journalUnreadable(err))
	case taken != nil:
		r.record, r.hold = taken, owned
	case r.order == nil:
		r.end(nil, nil)
	default: // another replica works on it
		r.reread()
		r.opened, r.wait, r.restTimeout = false, pollEvery, inProgress(r.key.Provider)
	}
}

// proceed decides how a run goes on after a send or a look-up whose creation is UNKNOWN. wait is
// the pause before the next look-up.
func (r *run) proceed(ctx context.Context, wait time.Duration) {
	payload := r.record.Payload
	r.hold = free
	switch {
	case r.order == nil, r.opened && !isFollowed(payload):
		r.over = true
		return
	case r.opened:
		r.restTimeout = notProven(r.record, wait)
		r.over = r.sends == maxAttempts && !payload.GetRefusedAgain() || wait > followFor
	default:
		step("between-lookups")
		r.restTimeout = stillUnknown(r.record)
	}
	if r.over = r.over || !fits(ctx, wait); r.over {
		r.end(nil, r.restTimeout)
		return
	}
	r.wait = wait
}
