package crashtest_test

import "sync"

// results gathers the rounds of this run.
var results = &resultTable{byRow: map[[2]string]*tally{}, killed: map[[2]string]int{}}

// resultTable is what rounds have shown, by vendor and crash point.
type resultTable struct {
	mu     sync.Mutex
	byRow  map[[2]string]*tally
	killed map[[2]string]int // also those that were not the round's own
}

func (r *resultTable) add(vendor, point string, found tally) {
	r.mu.Lock()
	defer r.mu.Unlock()
	row := r.byRow[[2]string{vendor, point}]
	if row == nil {
		row = &tally{}
		r.byRow[[2]string{vendor, point}] = row
	}
	row.add(found)
}

func (r *resultTable) kill(vendor, point string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.killed[[2]string{vendor, point}]++
}
