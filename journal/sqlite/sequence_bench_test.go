package sqlite

import (
	"context"
	"testing"
)

// BenchmarkSequence measures what one commit costs for the sequence file. BenchmarkCreate has the
// cost of the whole.
func BenchmarkSequence(b *testing.B) {
	store, err := Open(b.Context(), b.TempDir()+"/enlist.db", Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	sequence := store.writer.sequence
	for b.Loop() {
		sequence.begin()
		sequence.next++
		if err := sequence.beforeCommit(context.Background(), store.writer.conn); err != nil {
			b.Fatal(err)
		}
		sequence.afterCommit(context.Background())
	}
	sequence.next, sequence.highest = 0, 0 // as the database is
	if err := sequence.save(); err != nil {
		b.Fatal(err)
	}
}
