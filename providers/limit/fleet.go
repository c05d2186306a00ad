package limit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"
	"time"
)

const (
	// syncEvery is how often a replica adapts its shares.
	syncEvery = time.Second
	// syncTimeout bounds the requests to the board at one time.
	syncTimeout = 5 * time.Second
	// syncTries is how often a replica tries to write the board while others write it, too.
	syncTries = 20
	// turnLasts is how long a replica has a slot that must be passed around.
	turnLasts = 2 * time.Second
	// together is the part of a rate that several replicas use. It leaves room for replicas that
	// send at the same moment.
	together = 0.975
)

// ErrConflict is the error of a write to a board that has changed since it was read.
var ErrConflict = errors.New("the board has changed")

// Board is a text that all replicas share.
type Board interface {
	// Read returns the text, or nothing if no replica has written it yet.
	Read(ctx context.Context) ([]byte, error)
	// Replace replaces the text, or fails with ErrConflict if it is not the old one any more.
	Replace(ctx context.Context, old, text []byte) error
}

// Options configure a fleet.
type Options struct {
	// Board is where the replicas write their shares.
	Board Board
	// Replica names this process among the replicas. It is unique for each start.
	Replica string
	// Lease is how long a silent replica counts as alive.
	Lease time.Duration
	// IsDead reports whether a replica is known to be dead. It may be nil.
	IsDead func(replica string) bool
	// Log receives the problems.
	Log *slog.Logger
}

// Fleet divides limits among the replicas that share a board.
type Fleet struct {
	Options

	mutex  sync.Mutex
	gates  map[string]*Gate // those with a limit, by provider
	beat   uint64
	looked time.Time           // when this replica last read the board
	seen   map[string]sighting // of the other replicas
	turns  map[string]sighting // of this replica, by provider
	failed bool
}

// sighting is a number on the board, and when it was first seen.
type sighting struct {
	number uint64
	at     time.Time
}

// shares is the text on the board.
type shares struct {
	// Turns grow when slots are passed on, by provider.
	Turns map[string]uint64 `json:"turns"`
	// Replicas are the entries by the name of the replica.
	Replicas map[string]*entry `json:"replicas"`
}

// entry is the part of the board that one replica writes.
type entry struct {
	// Beat grows with each write.
	Beat uint64 `json:"beat"`
	// Shares and Demands are by provider.
	Shares  map[string]Limits `json:"shares"`
	Demands map[string]Demand `json:"demands"`
}

// NewFleet returns a fleet without gates.
func NewFleet(options Options) *Fleet {
	return &Fleet{Options: options, seen: map[string]sighting{}, turns: map[string]sighting{}}
}

// Adopt sets the gates of this replica, by provider. Until Run has written to the board, a new gate
// has no share.
func (f *Fleet) Adopt(gates map[string]*Gate) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.gates = map[string]*Gate{}
	for provider, gate := range gates {
		if gate.divide() {
			f.gates[provider] = gate
		}
	}
}

// adopted returns the gates of this replica.
func (f *Fleet) adopted() map[string]*Gate {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.gates // Adopt makes another map
}

// nothing is no share of limits. What is unlimited needs no share.
func nothing(limits Limits) (share Limits) {
	if math.IsInf(limits.Rate, 1) {
		share.Rate, share.Burst = limits.Rate, limits.Burst
	}
	if limits.Slots == Unlimited {
		share.Slots = Unlimited
	}
	return share
}

// Run adapts the shares until the context ends. Then it gives them back.
func (f *Fleet) Run(ctx context.Context) {
	ticker := time.NewTicker(syncEvery)
	defer ticker.Stop()
	for {
		f.note(ctx, f.sync(ctx))
		select {
		case <-ctx.Done():
			_ = f.leave(context.WithoutCancel(ctx)) // if it fails, the shares are free after the lease
			return
		case <-ticker.C:
		}
	}
}

// note logs the first of several failures.
func (f *Fleet) note(ctx context.Context, err error) {
	if err != nil && !f.failed && ctx.Err() == nil {
		f.Log.WarnContext(ctx, "limits: could not adapt this replica's shares of rate_limit and max_in_flight; it keeps them and tries again",
			"cause", err)
	}
	f.failed = err != nil
}

// sync adapts the shares of this replica.
func (f *Fleet) sync(ctx context.Context) error {
	gates := f.adopted()
	if len(gates) == 0 && f.beat == 0 {
		return nil // it has never had a share
	}
	demands := map[string]Demand{}
	for provider, gate := range gates {
		demands[provider] = gate.Demand()
	}
	var taken map[string]Limits
	err := f.edit(ctx, func(board *shares) {
		now := time.Now()
		f.forgetDead(board, now)
		f.beat++
		own := &entry{Beat: f.beat, Demands: demands, Shares: map[string]Limits{}}
		board.Replicas[f.Replica] = own
		taken = map[string]Limits{}
		for provider, gate := range gates {
			f.passSlots(board, provider, gate, now)
			taken[provider] = board.part(provider, f.Replica, gate.Limits())
			own.Shares[provider] = giveUp(gate, taken[provider])
		}
	})
	if err != nil {
		return err
	}
	for provider, share := range taken {
		gates[provider].SetShare(share)
	}
	return nil
}

// giveUp reduces the share of a gate to what it may have from now on. It returns what the gate may
// use then: of the slots, those of requests in flight, too.
func giveUp(gate *Gate, next Limits) Limits {
	next.Slots = max(next.Slots, gate.SetShare(least(gate.Share(), next)))
	if next.Slots == Unlimited {
		next.Slots = 0 // it needs no share
	}
	if math.IsInf(next.Rate, 1) {
		next.Rate, next.Burst = 0, 0
	}
	return next
}

// leave gives back the shares of this replica.
func (f *Fleet) leave(ctx context.Context) error {
	if f.beat == 0 {
		return nil
	}
	for _, gate := range f.adopted() {
		gate.SetShare(nothing(gate.Limits()))
	}
	return f.edit(ctx, func(board *shares) { delete(board.Replicas, f.Replica) })
}

// edit changes the board. It tries again if another replica does so at the same time.
func (f *Fleet) edit(ctx context.Context, change func(*shares)) error {
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	for try := 1; ; try++ {
		old, err := f.Board.Read(ctx)
		if err != nil {
			return err
		}
		board := f.parse(ctx, old)
		change(board)
		text, err := json.Marshal(board)
		if err != nil {
			return err
		}
		if bytes.Equal(text, old) {
			return nil
		}
		if err = f.Board.Replace(ctx, old, text); !errors.Is(err, ErrConflict) || try == syncTries {
			return err
		}
	}
}

// parse returns the board that a text shows. It replaces what no replica can have written: such a
// board would block all of them.
func (f *Fleet) parse(ctx context.Context, text []byte) *shares {
	board := &shares{}
	if err := json.Unmarshal(text, board); err != nil && len(text) > 0 {
		f.Log.WarnContext(ctx, "limits: cannot read the shares of rate_limit and max_in_flight in the journal; this replica writes them anew", "cause", err)
		board = &shares{}
	}
	maps.DeleteFunc(board.Replicas, func(_ string, entry *entry) bool { return entry == nil })
	if board.Replicas == nil {
		board.Replicas = map[string]*entry{}
	}
	if board.Turns == nil {
		board.Turns = map[string]uint64{}
	}
	return board
}

// forgetDead removes the replicas whose entry has not changed for the length of a lease, in which
// this replica has looked again and again.
func (f *Fleet) forgetDead(board *shares, now time.Time) {
	if now.Sub(f.looked) > f.Lease/2 {
		clear(f.seen) // this replica has not watched: the others may have been alive
	}
	f.looked = now
	maps.DeleteFunc(f.seen, func(replica string, _ sighting) bool { return board.Replicas[replica] == nil })
	for replica, entry := range board.Replicas {
		if replica == f.Replica {
			continue
		}
		if last, known := f.seen[replica]; !known || last.number != entry.Beat {
			f.seen[replica] = sighting{entry.Beat, now}
		} else if now.Sub(last.at) >= f.Lease || f.IsDead != nil && f.IsDead(replica) {
			delete(board.Replicas, replica)
		}
	}
}

// passSlots passes a slot on if it is this replica's turn, and has been for some time.
func (f *Fleet) passSlots(board *shares, provider string, gate *Gate, now time.Time) {
	if gate.Limits().Slots == Unlimited {
		return
	}
	names, demands := board.demands(provider)
	slots, first := divideSlots(gate.Limits().Slots, demands, board.Turns[provider])
	at := slices.Index(names, f.Replica)
	if first != at || gate.Share().Slots < slots[at] {
		delete(f.turns, provider)
		return
	}
	turn := board.Turns[provider]
	if known, is := f.turns[provider]; !is || known.number != turn {
		f.turns[provider] = sighting{turn, now}
	} else if now.Sub(known.at) >= turnLasts {
		board.Turns[provider] = turn + 1
	}
}

// demands returns the replicas in order, and the slots that they need.
func (s *shares) demands(provider string) (replicas []string, slots []float64) {
	replicas = slices.Sorted(maps.Keys(s.Replicas))
	for _, replica := range replicas {
		slots = append(slots, float64(s.Replicas[replica].Demands[provider].Slots))
	}
	return replicas, slots
}

// part returns what a replica may have of a provider's limits: its part by demand, as far as the
// others leave it.
func (s *shares) part(provider, replica string, limits Limits) Limits {
	names, slots := s.demands(provider)
	at := slices.Index(names, replica)
	whole, free := limits, limits
	if len(names) > 1 {
		whole.Rate *= together
		free.Rate = whole.Rate
	}
	var rates []float64
	for i, name := range names {
		rates = append(rates, s.Replicas[name].Demands[provider].Rate)
		if share := s.Replicas[name].Shares[provider]; i != at {
			free.Rate, free.Burst, free.Slots = free.Rate-share.Rate, free.Burst-share.Burst, free.Slots-share.Slots
		}
	}
	part := nothing(limits)
	if !math.IsInf(limits.Rate, 1) {
		part.Rate = max(min(divide(whole.Rate, rates)[at], free.Rate), 0)
		part.Burst = max(min(whole.Burst*part.Rate/whole.Rate, free.Burst), 0)
	}
	if limits.Slots != Unlimited {
		divided, _ := divideSlots(limits.Slots, slots, s.Turns[provider])
		part.Slots = max(min(divided[at], free.Slots), 0)
	}
	return part
}
