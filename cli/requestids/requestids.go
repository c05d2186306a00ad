// Package requestids keeps the request_id of each creation that the command line sends, in a file
// that is on disk before the first attempt. A command that is repeated after a crash finds it there
// and repeats the request, in place of a second creation.
//
// A file holds no content of the request. Its name is an HMAC of the request, with a key that stays
// in the same folder.
//
// Package cli imports it.
package requestids

import (
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

	"github.com/google/uuid"
)

// Store is a folder with one file for each request.
type Store struct {
	folder string
	key    []byte
}

// Entry is the request_id of one request.
type Entry struct {
	// RequestID is a random UUID.
	RequestID string `json:"requestId"`
	// Created is when the request_id was made.
	Created time.Time `json:"created"`
	// Settled tells whether a response has reported the customer.
	Settled bool `json:"settled"`
	// Repeated tells whether the entry existed before.
	Repeated bool `json:"-"`
	// File is where the entry is kept. It is empty for a request_id that is kept elsewhere, which
	// Settle and Forget leave alone.
	File string `json:"-"`
}

// Open returns the store in a folder, which it makes, with access for this user only.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // never fails
	file := filepath.Join(folder, "key")
	key, err := os.ReadFile(file) //nolint:gosec // a file of the store
	if errors.Is(err, fs.ErrNotExist) {
		if err = publish(file, fresh); err == nil || errors.Is(err, fs.ErrExist) {
			key, err = os.ReadFile(file) //nolint:gosec // a file of the store
		}
	}
	if err != nil {
		return nil, err
	}
	if len(key) != sha256.Size {
		return nil, fmt.Errorf("%s must have %d bytes and has %d: restore it; without it, repeated commands are not recognized", file, sha256.Size, len(key))
	}
	return &Store{folder: folder, key: key}, nil
}

// Begin returns the entry of a request. If the request has none, it makes one with a new request_id
// and returns when that is on disk. Of two commands that begin at once, both get the same entry.
func (s *Store) Begin(request []byte) (*Entry, error) {
	mac := hmac.New(sha256.New, s.key)
	mac.Write(request)
	file := filepath.Join(s.folder, hex.EncodeToString(mac.Sum(nil))+".json")
	entry, err := read(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return entry, err
	}
	entry = &Entry{RequestID: uuid.NewString(), Created: time.Now().UTC(), File: file}
	text, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	if err := publish(file, text); errors.Is(err, fs.ErrExist) {
		return read(file)
	} else if err != nil {
		return nil, err
	}
	return entry, nil
}

func read(file string) (*Entry, error) {
	text, err := os.ReadFile(file) //nolint:gosec // a file of the store
	if err != nil {
		return nil, err
	}
	entry := &Entry{}
	if err := json.Unmarshal(text, entry); err != nil || uuid.Validate(entry.RequestID) != nil {
		return nil, fmt.Errorf("%s is damaged: ask the server which creation it was for (ListOperations), then delete the file", file)
	}
	entry.Repeated, entry.File = true, file
	return entry, nil
}

// Settle records that a response has reported the customer.
func (e *Entry) Settle() error {
	if e.File == "" || e.Settled {
		return nil
	}
	e.Settled = true
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
