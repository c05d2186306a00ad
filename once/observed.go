package once

import (
	"sync"
	"time"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers/match"
)

// observed remembers on the monotonic clock since when this process has seen an outcome to be
// unknown. Wall clocks jump, and those of replicas differ. A send can have no further effect only
// after a wait that this process has measured itself.
type observed struct {
	mu   sync.Mutex
	seen map[journal.Key]observation
	gap  time.Time              // when the latest gap was opened that this process knows
	made map[customer]time.Time // customers that this process has made at vendors that look up before each send
}

type customer struct{ provider, key string }

type observation struct {
	send     int32 // identifies the latest send, since another send begins another wait
	at, seen time.Time
}

// forgetAfter is when an observation is dropped that was not read again: another replica has
// settled the creation.
const forgetAfter = 2 * time.Hour

func newObserved() *observed {
	return &observed{seen: map[journal.Key]observation{}, made: map[customer]time.Time{}}
}

// wait returns what remains of a wait for a record. The wait begins with the first call for the
// latest send.
func (o *observed) wait(record *journal.Record, whole time.Duration) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, there := now(), o.seen[record.Key]
	send := 2 * record.Payload.GetUnansweredSends()
	if record.Payload.GetRefusedAgain() {
		send++
	}
	if there.at.IsZero() || there.send != send {
		there = observation{send: send, at: at}
	}
	there.seen = at
	o.seen[record.Key] = there
	return max(whole-at.Sub(there.at), 0)
}

// forget drops the observation of a record that has an outcome.
func (o *observed) forget(key journal.Key) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.seen, key)
}

// after drops every observation if the journal has a later gap. A send whose record was lost needs
// a wait of its own.
func (o *observed) after(gap time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !gap.Equal(o.gap) {
		clear(o.seen)
		o.gap = gap
	}
}

// note remembers that a creation has just made a customer.
func (o *observed) note(record *journal.Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.made[customer{record.Provider, match.Key(record.Payload.GetCustomerId())}] = now()
}

// madeWithin reports whether this process has made a customer within a time.
func (o *observed) madeWithin(provider, id string, within time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, there := o.made[customer{provider, match.Key(id)}]
	return there && since(at) < within
}

// clean drops what was not read for a long time.
func (o *observed) clean() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, there := range o.seen {
		if since(there.seen) > forgetAfter {
			delete(o.seen, key)
		}
	}
	for made, at := range o.made {
		if since(at) > forgetAfter {
			delete(o.made, made)
		}
	}
}
