package journal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// The record is on disk when Begin returns. Get finds it again by its key.
func Example() {
	folder, err := os.MkdirTemp("", "enlist-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(folder, "enlist.db"), sqlite.Options{})
	if err != nil {
		panic(err)
	}
	kept, err := journal.New(ctx, store, journal.Options{Keys: [][]byte{make([]byte, 32)}, Replica: "replica-1"})
	if err != nil {
		panic(err)
	}
	defer kept.Close()

	key := journal.Key{Principal: "billing", Provider: "opencell", RequestID: uuid.MustParse("0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11")}
	record := &journal.Record{Key: key, Payload: &journalv1.Payload{
		Request: &enlistv1.CreateCustomerRequest{Provider: "opencell", RequestId: key.RequestID.String()}, ExclusiveKey: "C-1",
	}}
	if existing, busy, err := kept.Begin(ctx, record); err != nil || existing != nil || busy != nil {
		panic(fmt.Sprint(existing, busy, err))
	}
	fmt.Println(record.State)

	record.State, record.Owner = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED, ""
	if err := kept.Update(ctx, record, time.Duration(-1)); err != nil {
		panic(err)
	}
	found, err := kept.Get(ctx, key)
	fmt.Println(found.State, err)
	// Output:
	// OPERATION_STATE_INTENT
	// OPERATION_STATE_SUCCEEDED <nil>
}
