package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// One file under two names is one journal. Two processes that both open it would each count the
// other as dead.
func TestOneFileUnderTwoNames(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "enlist.db"), filepath.Join(folder, "link.db")
	first, err := sqlite.Open(context.Background(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	second, err := sqlite.Open(context.Background(), link, sqlite.Options{})
	if err == nil {
		defer second.Close()
	}
	if !errors.Is(err, journal.ErrInUse) {
		t.Errorf("opened by its other name as well: %v", err)
	}
}
