package journal

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// marks let a replica prove that an earlier one on the same host is dead, so that it need not wait
// for the end of that replica's lease. Each replica keeps a file in a folder, its mark. It locks
// the file while it runs. The system releases the lock when the process ends for any reason, and no
// earlier. The folder must be on a local disk. Replicas on one host may share it.
//
// A mark proves the death of its replica only if the mark was made on this host since its last
// start, is not a copy, and is on a file system of local disks. Otherwise the lease stands.
type marks struct {
	folder  string
	journal string // the prefix of this journal's marks
	own     *flock.Flock
}

// leaveMark creates the mark of this replica, if there is a folder for it.
func (j *Journal) leaveMark(ctx context.Context, options Options) {
	if options.StateFolder == "" {
		return
	}
	var err error
	if j.marks, err = newMarks(options.StateFolder, j.index, options.Replica); err != nil {
		j.log.WarnContext(ctx, "journal: cannot use the state folder. If this process is killed, the next one waits for the end of its lease. "+
			"Set ENLIST_STATE to a folder on a local disk", "folder", options.StateFolder, "lease", options.Lease, "error", err)
	}
}

// newMarks creates and locks the mark of a replica.
func newMarks(folder string, index *index, replica string) (*marks, error) {
	m := &marks{folder: folder, journal: hex.EncodeToString(index.hash("marks", "", "replica")[:8]) + "-"}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	m.own = flock.New(filepath.Join(folder, m.journal+replica), flock.SetFlag(os.O_CREATE|os.O_EXCL|os.O_RDWR), flock.SetPermissions(0o600))
	// Another replica may look at the file in between. Without a text, it proves nothing.
	if err := m.own.Lock(); err != nil {
		return nil, err
	}
	text, err := markText(m.own)
	if err == nil {
		err = os.WriteFile(m.own.Path(), text, 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, m.remove())
	}
	return m, nil
}

// remove removes the mark of this replica, if it has one.
func (m *marks) remove() error {
	if m == nil {
		return nil
	}
	return errors.Join(os.Remove(m.own.Path()), m.own.Close())
}

// dead passes each replica that a mark proves dead to bury, and then removes the mark. It also
// removes marks that can no longer prove anything.
func (m *marks) dead(bury func(replica string) error) error {
	files, err := os.ReadDir(m.folder)
	if err != nil {
		return err
	}
	var errs []error
	for _, file := range files {
		if replica, is := strings.CutPrefix(file.Name(), m.journal); is {
			errs = append(errs, m.examine(filepath.Join(m.folder, file.Name()), func() error { return bury(replica) }))
		}
	}
	return errors.Join(errs...)
}

// examine does for one mark what dead does for all.
func (m *marks) examine(path string, bury func() error) (err error) {
	lock := flock.New(path, flock.SetFlag(os.O_RDWR))
	locked, err := lock.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission): // another replica was faster, or another user has made it
		return nil
	case err != nil || !locked: // its process runs
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	text, err := os.ReadFile(path)                                      //nolint:gosec // the folder is the operator's
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(text) == 0 { // its replica has ended, or is making it
		return nil
	} else if err != nil {
		return err
	}
	if expected, err := markText(lock); err != nil {
		return err
	} else if bytes.Equal(text, expected) {
		if err := bury(); err != nil {
			return err
		}
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// IsDead reports whether a mark has proved to this process that a replica is dead.
func (j *Journal) IsDead(replica string) bool {
	_, dead := j.dead.Load(replica)
	return dead
}

// noteDeaths tells the other replicas which replicas of this host are dead. If it fails, it logs
// why, and the next heartbeat tries again.
func (j *Journal) noteDeaths(ctx context.Context) {
	if j.marks == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, j.lease.length/4) // the next heartbeat must not wait
	defer cancel()
	err := j.marks.dead(func(replica string) error {
		if err := j.store.Beat(ctx, replica, 0); err != nil {
			return fmt.Errorf("replica %s: %w", replica, err)
		}
		j.dead.Store(replica, true)
		j.log.InfoContext(ctx, "journal: an earlier process on this host has ended; this replica takes over its creations at once", "earlier_replica", replica)
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		j.log.WarnContext(ctx, "journal: could not take over from an earlier process on this host; trying again until its lease ends",
			"folder", j.marks.folder, "error", err)
	}
}
