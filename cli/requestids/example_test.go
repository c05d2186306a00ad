package requestids_test

import (
	"context"
	"fmt"
	"os"

	"github.com/enlist-dev/enlist/cli/requestids"
)

// A repeated request gets the request_id of the first, and another request gets its own.
func ExampleStore_Begin() {
	folder, err := os.MkdirTemp("", "enlist-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	store, err := requestids.Open(folder)
	if err != nil {
		panic(err)
	}
	begin := func(request string) *requestids.Entry {
		entry, err := store.Begin(context.Background(), []byte(request), requestids.Entry{Server: "localhost:50051"})
		if err != nil {
			panic(err)
		}
		defer entry.Close()
		return entry
	}
	first, again, other := begin("Ada"), begin("Ada"), begin("Bob")
	fmt.Println(again.Repeated, again.RequestID == first.RequestID)
	fmt.Println(other.Repeated, other.RequestID == first.RequestID)
	// Output:
	// true true
	// false false
}
