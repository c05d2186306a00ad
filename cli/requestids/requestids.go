// Package requestids keeps the request_id of each creation that the command line sends, in a file
// that is on disk before the first attempt. A command that is repeated after a crash finds it there
// and repeats the request, in place of a second creation.
//
// A file holds no content of the request. Its name is an HMAC of the request, with a key that stays
// in the same folder. Only the command line imports this package.
package requestids

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
)

// Store is a folder with one file for each request.
type Store struct {
	folder string
	key    []byte
}

// Entry is the request_id of one request. The zero Entry is kept nowhere: its methods do nothing.
type Entry struct {
	// RequestID is a random UUID.
	RequestID string `json:"requestId"`
	// Created is when the request_id was made.
	Created time.Time `json:"created"`
	// Server is the address that the first command used.
	Server string `json:"server"`
	// Caller identifies the credentials of the first command, by an HMAC.
	Caller string `json:"caller"`
	// Settled tells whether a response has reported the customer.
	Settled bool `json:"settled"`

	// Repeated tells whether the entry existed before.
	Repeated bool `json:"-"`
	// File is where the entry is kept.
	File string `json:"-"`

	lock *flock.Flock
}

// Open returns the store in a folder, which it makes, with access for this user only.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(folder, "key")
	key, err := os.ReadFile(file) //nolint:gosec // a file of the store
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(folder, file)
	}
	if err != nil {
		return nil, err
	}
	if len(key) != sha256.Size {
		return nil, fmt.Errorf("%s must have %d bytes and has %d: restore it, since repeated commands are not recognized without it",
			file, sha256.Size, len(key))
	}
	return &Store{folder: folder, key: key}, nil
}

// makeKey writes the key of a new store.
func makeKey(folder, file string) ([]byte, error) {
	if entries, err := filepath.Glob(filepath.Join(folder, "*.json")); err != nil || len(entries) > 0 {
		return nil, errors.Join(err, fmt.Errorf("%s is missing: restore it, since repeated commands are not recognized without it", file))
	}
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // never fails
	if err := publish(file, fresh); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for above := filepath.Dir(folder); above != folder; folder, above = above, filepath.Dir(above) {
		_ = syncFolder(above) // one of these may be new, and some cannot be opened
	}
	return os.ReadFile(file) //nolint:gosec // a file of the store
}

// Caller returns what an entry keeps of credentials.
func (s *Store) Caller(credentials string) string {
	return s.mac([]byte("caller\x00" + credentials))[:16]
}

func (s *Store) mac(text []byte) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil))
}

// Begin returns the entry of a request, for this process alone until Close. If the request has no
// entry, Begin makes one from fresh and a new request_id, and returns when that is on disk. While
// another process has the entry, Begin waits until the context ends.
func (s *Store) Begin(ctx context.Context, request []byte, fresh Entry) (*Entry, error) {
	file := filepath.Join(s.folder, s.mac(request)+".json")
	lock := flock.New(file+".lock", flock.SetPermissions(0o600))
	if locked, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil || !locked {
		return nil, err
	}
	entry, err := read(file)
	if errors.Is(err, fs.ErrNotExist) {
		entry, err = create(file, fresh)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	entry.File, entry.lock = file, lock
	return entry, nil
}

func create(file string, fresh Entry) (*Entry, error) {
	fresh.RequestID, fresh.Created = uuid.NewString(), time.Now().UTC()
	text, err := json.Marshal(fresh)
	if err != nil {
		return nil, err
	}
	return &fresh, publish(file, text)
}

func read(file string) (*Entry, error) {
	text, err := os.ReadFile(file) //nolint:gosec // a file of the store
	if err != nil {
		return nil, err
	}
	entry := &Entry{Repeated: true}
	if err := json.Unmarshal(text, entry); err != nil || uuid.Validate(entry.RequestID) != nil {
		return nil, fmt.Errorf("%s is damaged: look up at the server which creation it was for (ListOperations), then delete the file", file)
	}
	return entry, syncFolder(filepath.Dir(file)) // the process that made it may have died before
}

// Renew gives the entry a new request_id, for another creation with the same request.
func (e *Entry) Renew() error {
	e.RequestID, e.Created, e.Settled, e.Repeated = uuid.NewString(), time.Now().UTC(), false, false
	return e.rewrite()
}

// Settle records that a response has reported the customer.
func (e *Entry) Settle() error {
	if e.Settled {
		return nil
	}
	e.Settled = true
	return e.rewrite()
}

func (e *Entry) rewrite() error {
	if e.File == "" {
		return nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return write(e.File, text, os.Rename)
}

// Forget deletes the entry. The next command with the same request is a new creation.
func (e *Entry) Forget() error {
	if e.File == "" {
		return nil
	}
	return os.Remove(e.File)
}

// Close lets other processes have the entry.
func (e *Entry) Close() error {
	if e.lock == nil {
		return nil
	}
	return e.lock.Close()
}

// publish writes a file that must not exist yet.
func publish(file string, content []byte) error { return write(file, content, os.Link) }

// write puts a whole file in place, and returns when it is on disk.
func write(file string, content []byte, place func(from, to string) error) error {
	folder := filepath.Dir(file)
	draft, err := os.CreateTemp(folder, "draft-*") // for this user only
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(content)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := place(draft.Name(), file); err != nil {
		return err
	}
	return syncFolder(folder)
}
