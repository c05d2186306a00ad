package once

import (
	"sync"
	"time"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers/match"
)

// observed remembers since when this process has seen an outcome to be unknown, on the monotonic clock. Wall clocks jump, and those of
// replicas differ; that nothing more will come of a send is believed only after a wait that was really waited.
type observed struct {
	mu    sync.Mutex
	since map[journal.Key]observation
	made  map[customer]time.Time // what this process has made at vendors that are asked before each send
}

type customer struct{ provider, key string }

type observation struct {
	send     int32 // the latest at the time: another send begins another wait
	at, seen time.Time
}

// forgetAfter is when an observation is dropped that nobody has asked for: another replica has settled the create.
const forgetAfter = 2 * time.Hour

func newObserved() *observed {
	return &observed{since: map[journal.Key]observation{}, made: map[customer]time.Time{}}
}

// wait returns how long is left of a wait for a record, which begins when it is first asked for.
func (o *observed) wait(record *journal.Record, whole time.Duration) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, there := now(), o.since[record.Key]
	send := 2 * record.Payload.GetUnansweredSends()
	if record.Payload.GetRefusedAgain() {
		send++
	}
	if there.at.IsZero() || there.send != send {
		there = observation{send: send, at: at}
	}
	there.seen = at
	o.since[record.Key] = there
	return max(whole-at.Sub(there.at), 0)
}

// forget drops what is known of a record that has ended.
func (o *observed) forget(key journal.Key) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.since, key)
}

// note remembers that a create has made a customer just now.
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

// clean drops what was not asked for in a long time.
func (o *observed) clean() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, there := range o.since {
		if since(there.seen) > forgetAfter {
			delete(o.since, key)
		}
	}
	for made, at := range o.made {
		if since(at) > forgetAfter {
			delete(o.made, made)
		}
	}
}
