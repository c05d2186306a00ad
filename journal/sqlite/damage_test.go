package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

func TestDamagedPagesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	store := openLogged(t, path)
	addRows(t, store, 200)
	store.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct{ from, to float64 }{{0.2, 0.3}, {0.5, 0.6}, {0.9, 1}} {
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		testkit.OverwritePages(t, path, part.from, part.to)
		store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if err == nil {
			store.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "enlist backup") {
			t.Errorf("%v: %v", part, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	openLogged(t, path).hasGap(t, false, "")
}

// A read that meets a damaged page makes the store say so, once.
func TestDamageWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	var store *opened
	openJournal := func() *journal.Journal {
		store = openLogged(t, path)
		j, err := journal.New(t.Context(), store, journal.Options{Keys: [][]byte{make([]byte, 32)}, Replica: "a"})
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	j := openJournal()
	var keys []journal.Key
	for range 300 {
		record := &journal.Record{
			Key:     journal.Key{Principal: "billing", Provider: "opencell", RequestID: uuid.New()},
			Payload: &journalv1.Payload{CustomerId: strings.Repeat("x", 1000)},
		}
		if _, _, err := j.Begin(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, record.Key)
	}
	j.Close()
	j = openJournal()
	defer j.Close()
	testkit.OverwritePages(t, path, 0.3, 0.7)
	if err := j.Condition(); err != nil {
		t.Fatalf("before any read: %v", err)
	}
	failed := 0
	for _, key := range keys {
		if _, err := j.Get(t.Context(), key); err != nil {
			failed++
		}
	}
	if err := j.Condition(); failed == 0 || err == nil || !strings.Contains(err.Error(), "damaged; restore it from a backup") {
		t.Errorf("%d reads failed: %v", failed, err)
	}
	if count := strings.Count(store.log.String(), "the database is damaged"); count != 1 {
		t.Errorf("the log says it %d times: %s", count, store.log.String())
	}
	if got := store.gauge(t, "enlist_journal_damaged"); got != 1 {
		t.Errorf("enlist_journal_damaged is %v", got)
	}
}
