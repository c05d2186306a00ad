package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// Only one process at a time can have the file open.
func ExampleOpen() {
	folder, err := os.MkdirTemp("", "enlist-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "enlist.db")
	store, err := sqlite.Open(context.Background(), file, sqlite.Options{})
	if err != nil {
		panic(err)
	}
	defer store.Close()

	_, err = sqlite.Open(context.Background(), file, sqlite.Options{})
	fmt.Println(errors.Is(err, journal.ErrInUse))
	// Output: true
}
