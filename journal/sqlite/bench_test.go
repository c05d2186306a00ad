package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// BenchmarkCreate measures the journal's cost of a creation: an insert, and the update after
// success. Payloads are 1 KiB.
func BenchmarkCreate(b *testing.B) {
	for _, callers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "enlist.db"), sqlite.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			work := make(chan struct{}, callers)
			failures := make(chan error, callers)
			for range callers {
				go func() {
					var err error
					for range work {
						if err == nil {
							err = create(b, store)
						}
					}
					failures <- err
				}()
			}
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			for range callers {
				if err := <-failures; err != nil {
					b.Fatal(err)
				}
			}
			commits, writes := store.Stats()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
			b.ReportMetric(float64(writes)/float64(commits), "writes/commit")
		})
	}
}

func create(b *testing.B, store *sqlite.Store) error {
	id := uuid.New()
	row := &journal.Row{
		Principal: "billing", Provider: "opencell", RequestID: id, State: enlistv1.OperationState_OPERATION_STATE_INTENT,
		Exclusive: append([]byte("exclusive 123456"), id[:]...), Owner: "a", KeyID: 7, Outcome: make([]byte, 256), Request: make([]byte, 768),
	}
	if _, _, err := store.Insert(b.Context(), row); err != nil {
		return err
	}
	row.State, row.Owner, row.Customer = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED, "", append([]byte("customer 1234567"), id[:]...)
	row.Exclusive, row.Exchanges = nil, make([]byte, 1024)
	return store.Update(b.Context(), row, -time.Second)
}
