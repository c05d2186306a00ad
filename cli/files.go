package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// canWrite returns an error if writeFile cannot write a file.
func canWrite(file string) error {
	draft, _, err := draftOf(file, true)
	if err != nil {
		return err
	}
	return errors.Join(draft.Close(), os.Remove(draft.Name()))
}

// draftOf makes a draft next to a file, and follows symbolic links to the file.
func draftOf(name string, overwrite bool) (draft *os.File, file string, err error) {
	file = name
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	info, err := os.Stat(file)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, file, fmt.Errorf("%s is not a regular file", file)
	case err == nil && !overwrite:
		return nil, file, fmt.Errorf("%s: %w", file, fs.ErrExist)
	}
	draft, err = os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // for this user alone
	if reason := (*fs.PathError)(nil); errors.As(err, &reason) {             // it names the draft
		err = fmt.Errorf("cannot write %s: %w", file, reason.Err)
	}
	return draft, file, err
}

// writeFile writes a file whole: readers and crashes see all of it, or nothing. It returns an
// fs.ErrExist if the file exists and overwrite is false.
func writeFile(file string, text []byte, mode fs.FileMode, overwrite bool) error {
	draft, file, err := draftOf(file, overwrite)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Chmod(mode), draft.Sync(), draft.Close()); err != nil {
		return err
	}
	move := os.Link // fails if another process has written the file since
	if overwrite {
		move = os.Rename
	}
	if err := move(draft.Name(), file); errors.Is(err, fs.ErrExist) {
		return err
	} else if err != nil { // not every file system has links
		if err := os.Rename(draft.Name(), file); err != nil {
			return err
		}
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
