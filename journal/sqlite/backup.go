package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Backup copies the journal in the file at a path, as it is at one moment, into a new file. The
// process that has the journal open continues. SQLite's page-by-page backup starts again with each
// write of another process, but Backup does not.
func Backup(ctx context.Context, path, target string) (err error) {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return fmt.Errorf("%s contains no journal. Name the file of a journal", path)
	}
	// Backup creates the file here, for this user alone. SQLite accepts an empty file.
	file, err := os.OpenFile(target, os.O_RDWR|os.O_CREATE|os.O_EXCL, ownerOnly) //nolint:gosec // the path is the operator's
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already. Name a new file", target)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			_ = os.Remove(target)
		}
	}()
	db := openDB(path, common, 1)
	defer db.Close() //nolint:errcheck // it was only read
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, target); err != nil {
		return fmt.Errorf("cannot copy the journal %s: %w", path, err)
	}
	return errors.Join(file.Sync(), syncFolder(target))
}
