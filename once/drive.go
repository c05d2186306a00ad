package once

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
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
		r.end(nil, journalUnreadable(err))
	case record == nil && r.order == nil, r.claimed && record.Owner != s.journal.Replica(): // another job was first
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
