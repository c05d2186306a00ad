package postgres

import (
	"sync"
	"testing"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

const writers = 64

// parallel distributes b.N calls over 64 goroutines.
func parallel(b *testing.B, call func() error) {
	work := make(chan struct{})
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range work {
				if err := call(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.ResetTimer()
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func BenchmarkInsert(b *testing.B) {
	store := open(b, postgrestest.Shared(b).Database(b))
	parallel(b, func() error {
		_, _, err := store.Insert(b.Context(), newRow("a"))
		return err
	})
}

// BenchmarkCreate measures the two writes of a creation: INTENT, then SUCCEEDED.
func BenchmarkCreate(b *testing.B) {
	store := open(b, postgrestest.Shared(b).Database(b))
	parallel(b, func() error {
		row := newRow("a")
		row.Exclusive = row.RequestID[:]
		if _, _, err := store.Insert(b.Context(), row); err != nil {
			return err
		}
		row.State, row.Owner, row.Customer = succeeded, "", row.RequestID[:]
		return store.Update(b.Context(), row, never)
	})
}
