package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// file is an open file of the stream.
type file struct {
	*os.File
	path   string
	info   os.FileInfo
	looked time.Time // when follow last looked at the path
	lost   error     // why the path could not be opened again then
}

// openFile opens the file at a path for appending, and creates it if it is missing.
func openFile(path string) (*file, error) {
	// Opening a pipe would wait for its reader.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("audit.file: %s is not a regular file. Name a file, or set no file for standard output", path)
	}
	opened, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("audit.file: %w. Create the folder %s, and let this user write there", err, filepath.Dir(path))
	}
	info, err := opened.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("audit.file: %w", err), opened.Close())
	}
	return &file{File: opened, path: path, info: info, looked: time.Now()}, nil
}

// lookEvery is how often follow looks at the path. A look is a third of the cost of a line.
const lookEvery = time.Second

// follow opens the path again if it no longer names the open file, as after logrotate. If that
// fails, the open file stays, and follow returns the error until it succeeds.
func (f *file) follow(now time.Time) error {
	if now.Sub(f.looked) < lookEvery {
		return f.lost
	}
	f.looked, f.lost = now, f.reopen()
	return f.lost
}

func (f *file) reopen() error {
	if info, err := os.Stat(f.path); err == nil && os.SameFile(info, f.info) {
		return nil
	}
	anew, err := openFile(f.path)
	if err != nil {
		return err
	}
	_ = f.Close() // no write is pending
	*f = *anew
	return nil
}

// Check returns an error if Open would fail. It leaves no file behind.
func Check(config *configv1.Audit) error {
	path := config.GetFile()
	if path == "" {
		return nil
	}
	_, err := os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	opened, err := openFile(path)
	if err != nil {
		return err
	}
	err = opened.Close()
	if isNew {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
