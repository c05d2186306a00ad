package cli

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Of several processes that start at once, only one makes a key. Otherwise a second key would
// replace the first, and records under the first could not be read. A killed start must not leave
// half a key.
func TestKeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.db")
	keys := make([]string, 16)
	var starts sync.WaitGroup
	for i := range keys {
		starts.Go(func() {
			key, err := keyBeside(t.Context(), path, keyToOpen)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	starts.Wait()
	for _, key := range keys {
		if key != keys[0] || len(key) != 44 {
			t.Errorf("keys %q and %q", keys[0], key)
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("there are other files beside the key: %v %v", left, err)
	}
	if info, err := os.Stat(path + ".key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v %v", info, err)
	}
}
