package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Restore puts a copy that Backup made in place of the journal in the file at a path, and opens a
// gap in it. No process may have the journal open. The files of the journal get other names, which
// begin with kept. Restore returns kept, or nothing if there was no journal.
func Restore(ctx context.Context, path, from string, lasts time.Duration) (kept string, err error) {
	if err := check(ctx, from, "quick_check"); err != nil {
		return "", fmt.Errorf("cannot restore %s: %w", from, err)
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil { // the lock is for the file, whatever name opens it
		path = resolved
	}
	lock, err := lockFile(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	now := time.Now()
	stamp := now.UTC().Format("20060102T150405.000Z")
	placed := path + ".restore-" + stamp
	if err := Backup(ctx, from, placed); err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(placed) }()
	if err := markRestored(ctx, placed, now, from, lasts); err != nil {
		return "", fmt.Errorf("cannot open a gap in the copy: %w", err)
	}
	kept = path + ".before-restore-" + stamp
	moved := false
	for _, suffix := range []string{"-shm", "-wal", ""} {
		switch err := os.Rename(path+suffix, kept+suffix); {
		case err == nil:
			moved = true
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
	}
	if !moved {
		kept = ""
	}
	if err := os.Rename(placed, path); err != nil {
		return "", err
	}
	return kept, syncFolder(path)
}

// markRestored opens a gap in a copy. Without a log, the whole change is in the file.
func markRestored(ctx context.Context, path string, now time.Time, from string, lasts time.Duration) (err error) {
	db := openDB(path, append([]pragma{{"synchronous", "full", "2"}}, common...), 1)
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the database is closed next
	return openGap(ctx, conn, now, "the journal was restored from "+filepath.Base(from), lasts)
}
