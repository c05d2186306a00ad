package sqlite

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every statement finds its rows through an index. With millions of rows, a scan would stop the
// service.
func TestEveryStatementUsesAnIndex(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "enlist.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, one := range append(store.reads.all(), store.writer.statements.all()...) {
		switch one.text {
		case "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK":
			continue
		}
		correlated := map[int]bool{}
		for _, step := range plan(t, store, one.text) {
			t.Log(step.text)
			// A statement may scan the rows of a recursion or of a bounded subquery, but not those
			// of a table. Two indexes hold only open rows.
			isFew := strings.Contains(step.text, "INDEX operations_open") || strings.Contains(step.text, "INDEX operations_due")
			if strings.HasPrefix(step.text, "SCAN operations") && !isFew || strings.HasPrefix(step.text, "SCAN secrets") {
				t.Errorf("%s\nreads all rows: %s", one.text, step.text)
			}
			correlated[step.id] = correlated[step.parent] || strings.HasPrefix(step.text, "CORRELATED")
			// A merge sorts its rows once. Each index returns its rows in order.
			merges := slices.Contains(listTexts[:], one.text) || one.text == sqlPurge || one.text == sqlDrop || one.text == sqlProviders
			if strings.Contains(step.text, "TEMP B-TREE") && (!merges || correlated[step.parent]) {
				t.Errorf("%s\nsorts: %s", one.text, step.text)
			}
		}
	}
}

// The test above would find a scan.
func TestAScanIsFound(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "enlist.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	steps := plan(t, store, "SELECT outcome FROM operations WHERE updated > 0 ORDER BY updated")
	if len(steps) != 2 || !strings.HasPrefix(steps[0].text, "SCAN operations") || !strings.Contains(steps[1].text, "TEMP B-TREE") {
		t.Fatalf("the plan of a scan is called %v", steps)
	}
}

// step is one step of a plan, and the step that contains it.
type step struct {
	id, parent int
	text       string
}

// plan returns the steps of a statement.
func plan(t *testing.T, store *Store, text string) (steps []step) {
	t.Helper()
	rows, err := store.readers.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, make([]any, 12)...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	for rows.Next() {
		var one step
		var unused int
		if err := rows.Scan(&one.id, &one.parent, &unused, &one.text); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, one)
	}
	return steps
}
