package sqlite

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// Every statement finds its rows through an index: with millions of rows a scan would be the end of the service.
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
		for _, step := range plan(t, store, one.text) {
			// The rows of a recursion or of a bounded subquery are scanned; those of a table are not.
			if strings.HasPrefix(step, "SCAN operations") || strings.HasPrefix(step, "SCAN secrets") {
				t.Errorf("%s\nreads all rows: %s", one.text, step)
			}
			if strings.Contains(step, "TEMP B-TREE") && one.text != listPlans[listIntent].text() &&
				one.text != listPlans[everybody+listIntent].text() {
				t.Errorf("%s\nsorts: %s", one.text, step)
			}
			t.Log(step)
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
	steps := plan(t, store, "SELECT payload FROM operations WHERE updated > 0 ORDER BY updated")
	if len(steps) != 2 || !strings.HasPrefix(steps[0], "SCAN operations") || !strings.Contains(steps[1], "TEMP B-TREE") {
		t.Fatalf("the plan of a scan is called %q", steps)
	}
}

// plan returns the steps of a statement.
func plan(t *testing.T, store *Store, text string) (steps []string) {
	t.Helper()
	rows, err := store.readers.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, make([]any, 12)...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}
