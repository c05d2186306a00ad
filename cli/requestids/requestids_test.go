package requestids_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/enlist-dev/enlist/cli/requestids"
)

func open(t *testing.T, folder string) *requestids.Store {
	t.Helper()
	store, err := requestids.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func begin(t *testing.T, store *requestids.Store, request string) *requestids.Entry {
	t.Helper()
	entry, err := store.Begin([]byte(request))
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

func TestEntries(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	first := begin(t, open(t, folder), "smith")
	if first.Repeated || first.Settled {
		t.Errorf("a new entry is %+v", first)
	}
	if other := begin(t, open(t, folder), "jones"); other.RequestID == first.RequestID || other.Repeated {
		t.Errorf("another request has the entry %+v", other)
	}
	if err := begin(t, open(t, folder), "smith").Settle(); err != nil {
		t.Fatal(err)
	}
	again := begin(t, open(t, folder), "smith")
	if again.RequestID != first.RequestID || !again.Created.Equal(first.Created) || !again.Repeated || !again.Settled {
		t.Errorf("%+v was %+v", again, first)
	}
	if err := again.Forget(); err != nil {
		t.Fatal(err)
	}
	if fresh := begin(t, open(t, folder), "smith"); fresh.RequestID == first.RequestID || fresh.Repeated || fresh.Settled {
		t.Errorf("after Forget: %+v", fresh)
	}
}

func TestBeginAtOnce(t *testing.T) {
	folder := t.TempDir()
	ids := make([]string, 20)
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() {
			store, err := requestids.Open(folder)
			if err != nil {
				t.Error(err)
				return
			}
			entry, err := store.Begin([]byte("smith"))
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = entry.RequestID
		})
	}
	wait.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("request_ids %q", ids)
		}
	}
}

func TestFilesHoldNoContent(t *testing.T) {
	folder := t.TempDir()
	begin(t, open(t, folder), "smith")
	err := filepath.WalkDir(folder, func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() {
			return err
		}
		info, err := file.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		content, err := os.ReadFile(path)
		if strings.Contains(path+string(content), "smith") || strings.HasPrefix(file.Name(), "draft") {
			t.Errorf("%s: %q", path, content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDamage(t *testing.T) {
	for name, damage := range map[string]func(folder, entry string) error{
		"no JSON":       func(_, entry string) error { return os.WriteFile(entry, []byte("{"), 0o600) },
		"no request_id": func(_, entry string) error { return os.WriteFile(entry, []byte("{}"), 0o600) },
		"key":           func(folder, _ string) error { return os.WriteFile(filepath.Join(folder, "key"), nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			entry := begin(t, open(t, folder), "smith")
			if err := damage(folder, entry.File); err != nil {
				t.Fatal(err)
			}
			store, err := requestids.Open(folder)
			if err == nil {
				_, err = store.Begin([]byte("smith"))
			}
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a damaged file gives %v", err)
			}
		})
	}
}
