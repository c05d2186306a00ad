package limit

import (
	"container/list"
	"context"
	"errors"
	"math"
	"sync"
	"time"
)

// Limits bound the requests to a vendor.
type Limits struct {
	// Rate is how many requests may be sent in a second. It may be math.Inf(1).
	Rate float64 `json:"rate"`
	// Burst is how many requests may be sent at once after a pause. In a share it may be a fraction.
	Burst float64 `json:"burst"`
	// Slots is how many requests may be in flight. It may be Unlimited.
	Slots int `json:"slots"`
}

// Unlimited is the value of Slots without a limit.
const Unlimited = math.MaxInt

// Demand is what a process could use of its limits.
type Demand struct {
	// Rate in requests per second.
	Rate float64 `json:"rate"`
	// Slots is the most requests that were in flight, or waited, at the same time.
	Slots int `json:"slots"`
}

// headroom is how much more a process asks for than it uses.
const headroom = 1.25

// ErrTooLate is the error of a request whose turn would come after its deadline.
var ErrTooLate = errors.New("the turn would come after the deadline")

// Gate admits the requests of a process to a vendor, in the order of their arrival. Safe for
// concurrent use.
type Gate struct {
	mutex    sync.Mutex
	limits   Limits
	divided  bool // among replicas
	share    Limits
	most     int     // in flight, because of the process's own limits
	tokens   float64 // requests that may be sent now
	counted  time.Time
	inFlight int
	queue    list.List // of *turn
	timer    *time.Timer
	asked    time.Time // when the demand was last asked for
	admitted int       // since then
	peak     int       // requests in flight or waiting, since then
	needed   Demand    // what was needed until then
}

// turn is a request that waits.
type turn struct {
	refuse func() error
	came   chan error // gets the refusal or nil
}

// NewGate returns a gate whose process may use the whole of its limits.
func NewGate(limits Limits) *Gate {
	now := time.Now()
	return &Gate{limits: limits, share: limits, most: Unlimited, tokens: limits.Burst, counted: now, asked: now}
}

// SetLimits sets other limits for all replicas together. Requests that wait or are in flight count
// under the new limits.
func (g *Gate) SetLimits(limits Limits) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if limits == g.limits {
		return
	}
	g.refill()
	share := limits
	if g.divided { // what was unlimited before, this process has no share of yet
		if share = least(g.share, limits); math.IsInf(g.limits.Rate, 1) && !math.IsInf(limits.Rate, 1) {
			share.Rate, share.Burst = 0, 0
		}
		if g.limits.Slots == Unlimited && limits.Slots != Unlimited {
			share.Slots = 0
		}
	}
	g.limits, g.share = limits, share
	g.tokens = min(g.tokens, g.capacity())
	g.admit()
}

// least returns the lesser of two limits, in each respect.
func least(a, b Limits) Limits {
	return Limits{Rate: min(a.Rate, b.Rate), Burst: min(a.Burst, b.Burst), Slots: min(a.Slots, b.Slots)}
}

// divide begins to divide the limits among replicas. Until SetShare, this process has no share. It
// reports whether there are limits to divide.
func (g *Gate) divide() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	limited := g.limits.Slots != Unlimited || !math.IsInf(g.limits.Rate, 1)
	switch {
	case !limited:
		g.divided, g.share = false, g.limits
		g.admit()
	case !g.divided:
		g.divided, g.share, g.tokens = true, nothing(g.limits), 0
	}
	return limited
}

// Limits returns the limits for all replicas together.
func (g *Gate) Limits() Limits {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.limits
}

// LimitProcess bounds the requests that this process has in flight, whatever its share.
func (g *Gate) LimitProcess(most int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.most = most
	g.admit()
}

// Enter waits until the request may be sent, and returns the function that ends it. It fails if
// refuse returns an error, when the context ends, and at once if the whole fleet could not send the
// request before the context's deadline.
func (g *Gate) Enter(ctx context.Context, refuse func() error) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := refuse(); err != nil {
		return nil, err
	}
	t := &turn{refuse: refuse, came: make(chan error, 1)}
	place, err := g.enqueue(ctx, t)
	if err != nil {
		return nil, err
	}
	select {
	case err := <-t.came:
		if err != nil {
			return nil, err
		}
		return g.leave, nil
	case <-ctx.Done():
		g.giveUp(place, t)
		return nil, ctx.Err()
	}
}

// enqueue gives a request a place in the queue.
func (g *Gate) enqueue(ctx context.Context, t *turn) (place *list.Element, err error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.refill()
	if deadline, has := ctx.Deadline(); has {
		if wait := (float64(g.queue.Len()+1) - g.tokens) / g.limits.Rate; wait > time.Until(deadline).Seconds() {
			return nil, ErrTooLate
		}
	}
	place = g.queue.PushBack(t)
	g.peak = max(g.peak, g.inFlight+g.queue.Len())
	g.admit()
	return place, nil
}

// giveUp removes a request from the queue. If its turn has come meanwhile, the next one gets it.
func (g *Gate) giveUp(place *list.Element, t *turn) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.refill()
	select {
	case err := <-t.came:
		if err == nil {
			g.inFlight--
			g.tokens++
		}
	default:
		g.queue.Remove(place)
	}
	g.admit()
}

// leave ends a request.
func (g *Gate) leave() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.inFlight--
	g.admit()
}

// late is how late a busy machine may wake a process that waits for a token, without the loss of a
// part of the next one.
const late = 100 * time.Millisecond

// capacity is the greatest number of tokens. While a request waits, that is at least one, even if
// the share of the burst is less.
func (g *Gate) capacity() float64 {
	if g.queue.Len() > 0 {
		return max(g.share.Burst, 1) + g.share.Rate*late.Seconds()
	}
	return g.share.Burst
}

// refill adds the tokens of the time that has passed.
func (g *Gate) refill() {
	now := time.Now()
	if math.IsInf(g.share.Rate, 1) {
		g.tokens, g.counted = 1, now
		return
	}
	if passed := now.Sub(g.counted).Seconds(); passed > 0 {
		g.tokens = min(g.tokens+passed*g.share.Rate, max(g.capacity(), g.tokens))
	}
	g.counted = now
}

// nearly is what a token may lack because of rounding.
const nearly = 1e-6

// admit admits the requests whose turn has come. It needs the mutex.
func (g *Gate) admit() {
	g.refill()
	for place := g.queue.Front(); place != nil; place = g.queue.Front() {
		t, _ := place.Value.(*turn)
		if err := t.refuse(); err != nil {
			g.queue.Remove(place)
			t.came <- err
			continue
		}
		if g.inFlight >= min(g.share.Slots, g.most) {
			return // a request that ends admits the next one
		}
		if g.tokens < 1-nearly {
			g.wake()
			return
		}
		g.queue.Remove(place)
		g.inFlight++
		g.admitted++
		if !math.IsInf(g.share.Rate, 1) {
			g.tokens = max(g.tokens-1, 0)
		}
		t.came <- nil
	}
}

// wake admits again when the next token is there. If the rate is next to nothing, another share
// does.
func (g *Gate) wake() {
	if g.share.Rate < nearly {
		return
	}
	wait := time.Duration(math.Ceil((1 - g.tokens) / g.share.Rate * float64(time.Second)))
	if g.timer == nil {
		g.timer = time.AfterFunc(wait, func() {
			g.mutex.Lock()
			defer g.mutex.Unlock()
			g.admit()
		})
		return
	}
	g.timer.Reset(wait)
}

// SetShare sets what this process may use from now on. It returns the requests in flight, which may
// still be more.
func (g *Gate) SetShare(share Limits) (inFlight int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.refill()
	g.share = share
	g.tokens = min(g.tokens, g.capacity())
	g.admit()
	return g.inFlight
}

// Share returns what this process may use.
func (g *Gate) Share() Limits {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.share
}

// Demand returns what this process could have used since the last call. Earlier needs count, too,
// each time half as much.
func (g *Gate) Demand() Demand {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	now := time.Now()
	passed := max(now.Sub(g.asked).Seconds(), nearly)
	waiting := g.queue.Len()
	g.needed = Demand{
		Rate:  max((headroom*float64(g.admitted)+float64(waiting))/passed, g.needed.Rate/2),
		Slots: max(g.peak, g.inFlight+waiting, g.needed.Slots/2),
	}
	g.asked, g.admitted, g.peak = now, 0, g.inFlight+waiting
	return g.needed
}
