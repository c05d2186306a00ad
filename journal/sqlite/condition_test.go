package sqlite

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/internal/testkit"
)

// After a failed write, the store says so until a write succeeds. It tries to write every few
// seconds.
func TestConditionOfAFullDisk(t *testing.T) {
	store := open(t, Options{})
	pages := func(text string) {
		t.Helper()
		if _, err := store.writer.conn.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	big := newRow()
	big.Outcome = make([]byte, 100_000)
	fill := func() {
		t.Helper()
		pages("PRAGMA max_page_count = 1") // no more than the current number of pages
		if err := insert(t.Context(), store, big); err == nil || !strings.Contains(err.Error(), "full") {
			t.Fatalf("%v: not that the disk is full", err)
		}
		if err := store.Condition(); err == nil || !strings.Contains(err.Error(), "the journal cannot be written") || !strings.Contains(err.Error(), "full") {
			t.Fatalf("condition: %v", err)
		}
	}
	if err := store.Condition(); err != nil {
		t.Fatal(err)
	}
	fill()
	pages("PRAGMA max_page_count = 1000000")
	if err := insert(t.Context(), store, big); err != nil {
		t.Fatal(err)
	}
	if err := store.Condition(); err != nil {
		t.Fatalf("after a write: %v", err)
	}
	big = newRow()
	big.Outcome = make([]byte, 100_000)
	fill()
	pages("PRAGMA max_page_count = 1000000")
	for deadline := time.Now().Add(10 * time.Second); store.Condition() != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nobody has tried: %v", store.Condition())
		}
	}
	if _, _, err := store.Insert(context.Background(), newRow()); err != nil {
		t.Fatal(err)
	}
}

// A start without time for the check leaves it to the background. An index that lacks a row is
// damage, too: a lost entry of the key would let a creation begin twice.
func TestCheckInTheBackground(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	store, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.writer.conn.ExecContext(t.Context(), strings.Replace(fill, "100000", "3000", 1)); err != nil {
		t.Fatal(err)
	}
	// The schema forgets an index for a moment. A row that is added then is missing from the index.
	for _, text := range []string{
		"PRAGMA writable_schema = on",
		"CREATE TABLE hidden AS SELECT sql AS text FROM sqlite_schema WHERE name = 'operations_list'",
		"UPDATE sqlite_schema SET sql = sql || ' WHERE id < 0' WHERE name = 'operations_list'",
		"PRAGMA writable_schema = reset",
	} {
		if _, err := store.writer.conn.ExecContext(t.Context(), text); err != nil {
			t.Fatal(text, err)
		}
	}
	if err := insert(t.Context(), store, newRow()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"PRAGMA writable_schema = on",
		"UPDATE sqlite_schema SET sql = (SELECT text FROM hidden) WHERE name = 'operations_list'",
		"DROP TABLE hidden",
	} {
		if _, err := store.writer.conn.ExecContext(t.Context(), text); err != nil {
			t.Fatal(text, err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	log := &testkit.LogBuffer{}
	store, err = Open(t.Context(), path, Options{verifyWithin: time.Microsecond, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for deadline := time.Now().Add(time.Minute); store.Condition() == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the damage was not found")
		}
	}
	if !strings.Contains(log.String(), "in index operations_list") {
		t.Error(log.String())
	}
}
