package postgres_test

import (
	"context"
	"fmt"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres"
)

// Each replica opens the same database. It has no output here, because it needs a server.
func ExampleOpen() {
	ctx := context.Background()
	store, err := postgres.Open(ctx, "postgres://enlist@localhost/enlist", postgres.Options{})
	if err != nil {
		panic(err)
	}
	records, err := journal.New(ctx, store, journal.Options{Keys: [][]byte{make([]byte, 32)}, Replica: "replica-1"})
	if err != nil {
		panic(err)
	}
	defer records.Close()
	fmt.Println(records.Replica())
}
