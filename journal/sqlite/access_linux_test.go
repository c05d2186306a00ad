package sqlite_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/enlist-dev/enlist/journal/sqlite"
)

// A journal of another user is refused by its name, not by its folder.
func TestJournalOfAnotherUser(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "enlist.db")
	if err := os.WriteFile(path, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	for _, above := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(above, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if os.Getuid() == 0 {
			runtime.LockOSThread() // until the thread ends with the goroutine
			if err := syscall.Setfsuid(65534); err != nil {
				t.Error(err)
				return
			}
		}
		_, opened := sqlite.Open(t.Context(), path, sqlite.Options{})
		for what, err := range map[string]error{"Open": opened, "CheckAccess": sqlite.CheckAccess(path)} {
			if err == nil || !strings.Contains(err.Error(), "this user may not write "+path) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}()
	<-ended
}
