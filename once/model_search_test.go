package once

import (
	"fmt"
	"slices"
	"strings"

	"github.com/enlist-dev/enlist/journal"
)

// model is what the search visits.
type model struct {
	protocol
	scene
	bounds
	only string // the promise to check; empty: all

	moved journal.Record // of transit, which needs one for each step
}

// modelStep is a step that can follow a state. A helping step is neither a mishap nor a repeated
// request. Helping steps alone must lead to an outcome.
type modelStep struct {
	who     int // replica, or else
	what    string
	helping bool
	then    world
}

const (
	theVendor = 2 + iota
	theClock
	theJournal
)

const neverRests = "never comes to rest from here without another mishap or caller"

// search visits every state. It returns how many there are, and the shortest path to a broken
// promise if there is one.
func (m *model) search() (int, string) {
	start := m.start()
	worlds, parents, numbers := []world{start}, []int32{-1}, map[world]int32{start: 0}
	var from, to []int32
	var steps []modelStep
	for at := int32(0); int(at) < len(worlds); at++ {
		steps = m.steps(worlds[at], steps[:0])
		for i := range steps {
			next, there := numbers[steps[i].then]
			if !there {
				next = int32(len(worlds))
				numbers[steps[i].then] = next
				worlds, parents = append(worlds, steps[i].then), append(parents, at)
				if broken := m.broken(&steps[i].then); broken != "" {
					return len(worlds), m.trace(worlds, parents, next, broken)
				}
			}
			if steps[i].helping {
				from, to = append(from, at), append(to, next)
			}
		}
	}
	if stuck := firstStuck(worlds, from, to); stuck >= 0 && strings.Contains(neverRests, m.only) {
		return len(worlds), m.trace(worlds, parents, stuck, neverRests)
	}
	return len(worlds), ""
}

// firstStuck returns the first state from which no state with an outcome can be reached, or -1.
func firstStuck(worlds []world, from, to []int32) int32 {
	rests := make([]bool, len(worlds))
	for i := range worlds {
		rests[i] = worlds[i].state() != intent && worlds[i].state() != unknown
	}
	for changed := true; changed; {
		changed = false
		for i := len(from) - 1; i >= 0; i-- { // those that came later are nearer to rest
			if rests[to[i]] && !rests[from[i]] {
				rests[from[i]], changed = true, true
			}
		}
	}
	return int32(slices.Index(rests, false))
}

// mayAdopt reports whether a creation may adopt another's customer.
func (m *model) mayAdopt() bool { return m.onExisting == onAdopt && m.stranger != noStranger }

// broken returns the promise that a state breaks.
func (m *model) broken(w *world) string {
	state, made, isAdopted := w.state(), w.made(), m.mayAdopt()
	reportedBoth := w.reported&reportedSuccess != 0 && w.reported&reportedRefusal != 0
	overridden, updates := w.row.decided == unchecked, m.onExisting == onUpdate
	unrecorded := state == none && made > 0
	for _, promise := range [...]struct {
		isBroken bool
		how      string
	}{
		{w.illegal, "a transition that the table does not have"},
		{w.twice, "a second send after one that may have made a customer"},
		{w.resent, "a request leaves after the erasure"},
		{made > 1 && !updates, "two customers"}, // an update made twice is one
		{state == succeeded && made == 0 && !isAdopted && !overridden, "SUCCEEDED, and there is no customer of ours"},
		{state == failed && made > 0 && !overridden, "FAILED, and there is a customer of ours"},
		{state == notSent && made > 0 && w.quiet(), "NOT_SENT, and there is a customer of ours"},
		{unrecorded, "no record, and there is a customer of ours"},
		{reportedBoth && !w.erred, "reported success and refusal"},
		{w.reported&reportedSuccess != 0 && (state == failed && !w.erred || state == notSent), "reported success, and it is not"},
		{w.reported&(reportedSuccess|reportedUnwritten) == reportedSuccess && state == needsPerson && w.quiet(), "reported success, and a person is asked"},
		{w.reported&reportedRefusal != 0 && state == succeeded && !w.erred, "reported refusal, and it is SUCCEEDED"},
	} {
		if promise.isBroken && strings.Contains(promise.how, m.only) {
			return promise.how
		}
	}
	return ""
}

// trace returns the path to a state.
func (m *model) trace(worlds []world, parents []int32, end int32, broken string) string {
	var way []int32
	for at := end; at >= 0; at = parents[at] {
		way = append(way, at)
	}
	slices.Reverse(way)
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %s\n", m.name, broken)
	for i := 1; i < len(way); i++ {
		then := worlds[way[i]]
		for _, step := range m.steps(worlds[way[i-1]], nil) {
			if step.then == then {
				fmt.Fprintf(&s, "%3d. %-7s %-58s | %s\n", i, [...]string{"A", "B", "vendor", "time", "journal"}[step.who], step.what, &then)
				break
			}
		}
	}
	return s.String()
}
