package once

import (
	"bytes"
	"context"
	"time"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// sendsPerRequest is how often Enlist sends a creation for one request of a caller.
const sendsPerRequest = 4

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
	// claimed: the reconciler has found this replica to be the owner. The run ends if it no longer is.
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

// isSame reports whether the record is of the caller's request, as far as it can tell.
func (r *run) isSame() bool { return isOf(r.record, r.order) }

// isOf reports whether a record may be of a request. An erased record has no fingerprint.
func isOf(record *journal.Record, o *order) bool {
	return record.State == erased || bytes.Equal(record.Payload.GetFingerprint(), o.fingerprint)
}

// end sets the response of the run.
func (r *run) end(response *enlistv1.CreateCustomerResponse, err error) {
	r.over, r.response, r.err = true, response, err
}

// own makes the run go on with the intent that it has recorded. It sends at once, unless a lost
// record may have been sent.
func (r *run) own() {
	if r.record.Payload.GetGap() {
		r.hold = owned
		return
	}
	r.hold, r.opened = ready, true
}

// reread makes the run read the record again before its next effect.
func (r *run) reread() { r.record, r.hold = nil, free }

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
		r.over = r.sends == sendsPerRequest && !payload.GetRefusedAgain() || wait > followFor
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

// isFollowed reports whether the run that sent an open creation looks it up for its caller: the
// vendor refused it, which a look-up must confirm, or said when to send it again.
func isFollowed(payload *journalv1.Payload) bool {
	failure := payload.GetFailure()
	return payload.GetRefusedAgain() ||
		failure.GetStage() == enlistv1.SendStage_SEND_STAGE_ANSWERED && failure.GetReason() != enlistv1.ErrorReason_OUTCOME_UNKNOWN &&
			failure.GetRetryAfter().AsDuration() > 0
}
