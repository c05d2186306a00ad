package postgres

import (
	"sync"
	"testing"
	"time"

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

// BenchmarkCreate measures the two writes of a creation: INTENT, then SUCCEEDED. It reports the log
// that they write, and how many of the second writes change no index.
func BenchmarkCreate(b *testing.B) {
	store := open(b, postgrestest.Shared(b).Database(b))
	count := func(sql string) (n float64) {
		if err := store.pool.QueryRow(b.Context(), sql).Scan(&n); err != nil {
			b.Fatal(err)
		}
		return n
	}
	const written = `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8`
	before := count(written)
	parallel(b, func() error {
		row := newRow("a")
		row.Exclusive = row.RequestID[:]
		if _, _, err := store.Insert(b.Context(), row); err != nil {
			return err
		}
		row.State, row.Owner, row.Exclusive, row.Customer, row.Exchanges = succeeded, "", nil, row.RequestID[:], make([]byte, 1000)
		return store.Update(b.Context(), row, never)
	})
	b.ReportMetric((count(written)-before)/float64(b.N), "WAL-B/op")
	store.pool.Reset() // the sessions publish their counts when they end
	time.Sleep(time.Second)
	b.ReportMetric(count(`SELECT coalesce(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0), 0)::float8 FROM pg_stat_user_tables WHERE relname = 'operations'`), "HOT-%")
}
