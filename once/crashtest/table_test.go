package crashtest_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The table of a long run stands between these in the file that -crash.table names.
const (
	tableBegins = "<!-- crash table: made by make crash -->"
	tableEnds   = "<!-- end of crash table -->"
)

// results gathers the rounds of this run.
var results = &resultTable{byRow: map[row]*tally{}, killed: map[row]int{}}

// row is a vendor and the place of the kills.
type row struct{ vendor, point string }

// resultTable is the result of rounds. A kill counts at its step, in any round. All else counts for
// the round.
type resultTable struct {
	mu     sync.Mutex
	byRow  map[row]*tally
	killed map[row]int
}

func (r *resultTable) add(vendor, point string, found tally) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := row{vendor, point}
	if r.byRow[at] == nil {
		r.byRow[at] = &tally{}
	}
	r.byRow[at].add(found)
}

func (r *resultTable) kill(vendor, point string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.killed[row{vendor, point}]++
}

// neverReached returns the steps without a kill in three rounds or more, with the number of rounds.
func (r *resultTable) neverReached() map[row]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	never := map[row]int{}
	for at, found := range r.byRow {
		kills := at.vendor != allVendors || at.point == atAnyMoment // the other rows are outages
		if kills && at.point != amongRivals && r.killed[at]+found.kills == 0 && found.rounds >= 3 {
			never[at] = found.rounds
		}
	}
	return never
}

// markdown writes the rows in the order of the vendors and of the steps, and their sum.
func (r *resultTable) markdown(took time.Duration) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var points []string
	for _, point := range crashPoints() {
		points = append(points, point.name)
	}
	points = append(append(points, amongRivals, atAnyMoment), outageRows()...)
	var names []string
	for _, v := range vendors() {
		names = append(names, v.name)
	}
	var lines []string
	sum := tally{}
	for _, vendor := range append(names, allVendors) {
		for _, point := range points {
			at := row{vendor, point}
			found := tally{}
			if r.byRow[at] != nil {
				found = *r.byRow[at]
			}
			if slices.ContainsFunc(crashPoints(), func(known crashPoint) bool { return known.name == point }) {
				found.kills = r.killed[at]
			}
			if found == (tally{}) {
				continue
			}
			sum.add(found)
			lines = append(lines, line(vendor, point, found))
		}
	}
	head := fmt.Sprintf("%s, %s, seed %d, %d rounds at a time.\n\n", time.Now().UTC().Format(time.DateOnly), took.Round(time.Second), *seed, *parallel) +
		"| vendor | killed at | rounds | kills | creates | duplicates | lost | contradicted | for a person |\n|---|---|---|---|---|---|---|---|---|\n"
	return head + strings.Join(append(lines, line("**all**", "", sum)), "")
}

func line(vendor, point string, found tally) string {
	return fmt.Sprintf("| %s | %s | %d | %d | %d | %d | %d | %d | %d |\n",
		vendor, point, found.rounds, found.kills, found.creates, found.duplicates, found.lost, found.contradicted, found.needsPerson)
}

// publish puts a table between two markers in a file.
func publish(t *testing.T, file, begin, end, table string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), begin)
	_, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s lacks the markers %s and %s", file, begin, end)
	}
	if err := os.WriteFile(file, []byte(before+begin+"\n"+table+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
