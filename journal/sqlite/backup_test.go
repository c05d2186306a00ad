package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// A backup overwrites nothing. A failed backup leaves no file behind. The copy is readable for this
// user alone. once/crashtest restores a backup.
func TestBackup(t *testing.T) {
	folder := t.TempDir()
	path, target := filepath.Join(folder, "enlist.db"), filepath.Join(folder, "copy.db")
	if err := sqlite.Backup(t.Context(), path, target); err == nil {
		t.Error("a journal that is not there was copied")
	}
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := sqlite.Backup(t.Context(), path, filepath.Join(folder, "nowhere", "copy.db")); err == nil {
		t.Error("a copy in a folder that is not there")
	}
	if err := sqlite.Backup(t.Context(), path, target); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the copy: %v %v", info, err)
	}
	if err := sqlite.Backup(t.Context(), path, target); err == nil {
		t.Error("a file was overwritten")
	}
	other := filepath.Join(folder, "notes.txt")
	if err := os.WriteFile(other, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Backup(t.Context(), other, filepath.Join(folder, "second.db")); err == nil {
		t.Error("notes were copied as a journal")
	}
	if _, err := os.Stat(filepath.Join(folder, "second.db")); !os.IsNotExist(err) {
		t.Errorf("half a copy was left: %v", err)
	}
}

// A relative path, such as the default enlist.db, is one in the working directory.
func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	store := openLogged(t, "enlist.db")
	addRows(t, store, 3)
	if err := sqlite.Backup(t.Context(), "enlist.db", "copy.db"); err != nil {
		t.Fatal(err)
	}
	store.Close()
	if found, err := sqlite.Look(t.Context(), "copy.db"); err != nil || found.New {
		t.Errorf("the copy: %+v, %v", found, err)
	}
	if kept, err := sqlite.Restore(t.Context(), "enlist.db", "copy.db", 0); err != nil || kept == "" {
		t.Errorf("%q, %v", kept, err)
	}
	restored := openLogged(t, "enlist.db")
	restored.hasGap(t, true, "restored from copy.db")
	rows, err := restored.List(t.Context(), journal.Query{Everybody: true, Limit: 10})
	if err != nil || len(rows) != 3 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
