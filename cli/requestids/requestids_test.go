package requestids_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

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

func begin(t *testing.T, folder, request string) *requestids.Entry {
	t.Helper()
	entry, err := open(t, folder).Begin(t.Context(), []byte(request), requestids.Entry{Server: "here:1", Caller: "me"})
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

func end(t *testing.T, changes ...func() error) {
	t.Helper()
	for _, change := range changes {
		if err := change(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEntries(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	first := begin(t, folder, "smith")
	if first.Repeated || first.Settled {
		t.Errorf("a new entry is %+v", first)
	}
	other := begin(t, folder, "jones")
	if other.RequestID == first.RequestID || other.Repeated {
		t.Errorf("another request has the entry %+v", other)
	}
	end(t, first.Settle, first.Close, other.Close)

	again := begin(t, folder, "smith")
	if again.RequestID != first.RequestID || !again.Created.Equal(first.Created) || !again.Repeated || !again.Settled ||
		again.Server != "here:1" || again.Caller != "me" {
		t.Errorf("%+v was %+v", again, first)
	}
	end(t, again.Renew, again.Close)
	renewed := begin(t, folder, "smith")
	if renewed.RequestID == first.RequestID || renewed.RequestID != again.RequestID || !renewed.Repeated || renewed.Settled {
		t.Errorf("after Renew: %+v", renewed)
	}
	end(t, renewed.Forget, renewed.Close)
	if fresh := begin(t, folder, "smith"); fresh.RequestID == renewed.RequestID || fresh.Repeated || fresh.Settled {
		t.Errorf("after Forget: %+v", fresh)
	}
}

// Processes with the same request get the same entry, one after the other.
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
			entry, err := store.Begin(t.Context(), []byte("smith"), requestids.Entry{})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = entry.RequestID
			if err := entry.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("request_ids %q", ids)
		}
	}
}

func TestBeginWaits(t *testing.T) {
	folder := t.TempDir()
	begin(t, folder, "smith")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if entry, err := open(t, folder).Begin(ctx, []byte("smith"), requestids.Entry{}); err == nil {
		t.Errorf("two processes have %+v", entry)
	}
}

func TestFilesHoldNoContent(t *testing.T) {
	folder := t.TempDir()
	begin(t, folder, "smith")
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
		"no key":        func(folder, _ string) error { return os.Remove(filepath.Join(folder, "key")) },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			entry := begin(t, folder, "smith")
			end(t, entry.Close, func() error { return damage(folder, entry.File) })
			store, err := requestids.Open(folder)
			if err == nil {
				_, err = store.Begin(t.Context(), []byte("smith"), requestids.Entry{})
			}
			if err == nil || !strings.Contains(err.Error(), folder) {
				t.Errorf("a damaged file gives %v", err)
			}
		})
	}
}
