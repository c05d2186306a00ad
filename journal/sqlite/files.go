package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"github.com/enlist-dev/enlist/journal"
)

// ownerOnly is the mode of every file. Records are sealed, but other users must not see their keys
// and times either.
const ownerOnly fs.FileMode = 0o600

// prepareFiles creates the file at a path if it is missing. It removes other users' access to the
// file and its companions. It returns the file's full path without symbolic links. SQLite gives new
// companions the mode of the file.
func prepareFiles(path string) (string, error) {
	path, err := absolute(path)
	if err != nil {
		return "", err
	}
	if err := openFile(path, os.O_RDWR|os.O_CREATE); err != nil {
		return "", err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil { // the lock is for the file, whatever name opens it
		return "", fmt.Errorf("cannot resolve the path of the journal: %w", err)
	}
	for _, suffix := range []string{"", "-wal", "-shm", ".lock", sequenceSuffix} {
		info, err := os.Stat(path + suffix)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().Perm()&^ownerOnly == 0 {
			continue
		}
		if err := os.Chmod(path+suffix, ownerOnly); err != nil {
			return "", fmt.Errorf("cannot restrict the journal's files to this user: %w. Make this user the owner of %s", err, path+suffix)
		}
	}
	return path, refuseEmptied(path)
}

// absolute returns the full path of a file.
func absolute(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, ":") || strings.HasPrefix(path, "file:") {
		return "", fmt.Errorf("%q is not a file path. The journal must be a file on a disk", path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("cannot resolve the path of the journal: %w", err)
	}
	return path, nil
}

// openFile opens the file at a path and closes it, if this user may write it.
func openFile(path string, flags int) error {
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s of the journal does not exist. Create it, or set another path", folder)
	} else if err == nil && !info.IsDir() {
		return fmt.Errorf("%s, the folder of the journal, is not a folder. Set another path", folder)
	}
	file, err := os.OpenFile(path, flags, ownerOnly) //nolint:gosec // the path is the operator's
	if errors.Is(err, fs.ErrPermission) {
		if _, missing := os.Stat(path); missing == nil {
			return fmt.Errorf("this user may not write %s: %w. Make this user its owner, or set another path", path, err)
		}
		return fmt.Errorf("cannot write the journal %s: %w. Let this user write in the folder %s, or set another path", path, err, folder)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		return fmt.Errorf("cannot open the journal: %w. Set the path of a file in a writable folder", err)
	}
	return file.Close()
}

// CheckAccess returns an error if this user may not write the journal at a path. It creates
// nothing. No store of this process may have the file open.
func CheckAccess(path string) error {
	path, err := absolute(path)
	if err != nil {
		return err
	}
	if err := openFile(path, os.O_RDWR); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes durable that a file has its name.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// lockFile locks the journal for this process, and within the process for one store. The system
// releases the lock when the process ends for any reason. The lock has a file of its own. SQLite
// gives up its own locks whenever a process closes the database file.
func lockFile(path string) (*flock.Flock, error) {
	lock := flock.New(path+".lock", flock.SetPermissions(ownerOnly))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("cannot lock the journal %s: %w", path, err)
	case !locked:
		return nil, fmt.Errorf("cannot open the journal %s: %w. Stop that process, or set another path; "+
			"several replicas need a journal in PostgreSQL", path, journal.ErrInUse)
	}
	return lock, nil
}
