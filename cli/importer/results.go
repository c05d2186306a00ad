package importer

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// The outcomes of a row. The first four are those of the contract.
const (
	Created          = "created"
	Updated          = "updated"
	CreatedOrUpdated = "created_or_updated"
	Adopted          = "adopted"
	Rejected         = "rejected"
	NeedsPerson      = "needs_person"
	Unknown          = "unknown"
)

// Result is a line of the file of results: the outcome of a row.
type Result struct {
	Line       int       `json:"line"`
	Key        string    `json:"key"`
	KeyOf      string    `json:"key_of"`
	Outcome    string    `json:"outcome"`
	CustomerID string    `json:"customer_id,omitempty"`
	RequestID  string    `json:"request_id,omitempty"`
	Operation  string    `json:"operation,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Message    string    `json:"message,omitempty"`
	Dropped    []string  `json:"dropped,omitempty"`
	Warnings   []string  `json:"warnings,omitempty"`
	Import     string    `json:"import"`
	Provider   string    `json:"provider"`
	Content    string    `json:"content,omitempty"`
	Time       time.Time `json:"time"`
}

// isDone reports whether the customer exists.
func (r *Result) isDone() bool {
	switch r.Outcome {
	case Created, Updated, CreatedOrUpdated, Adopted:
		return true
	}
	return false
}

// wasSent reports whether the server keeps an operation, which it must not begin anew.
func (r *Result) wasSent() bool {
	return r.isDone() || r.Outcome == NeedsPerson || r.Outcome == Unknown && r.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN.String()
}

// names are the files of an import.
type names struct{ results, rejects, partial string }

// namesFor returns the files for an input. The rejects of an import belong to the same files.
func namesFor(input, importID, folder string) names {
	base := "stdin"
	if input != "-" {
		base = filepath.Base(input)
		base = strings.TrimSuffix(base, filepath.Ext(base))
		if folder == "" {
			folder = filepath.Dir(input)
		}
	}
	plain := notInNames.ReplaceAllString(importID, "_")
	number := 1
	if found := rejectsName.FindStringSubmatch(base); found != nil {
		base, number = strings.TrimSuffix(found[1], "."+plain), 2
		if found[2] != "" {
			_, _ = fmt.Sscan(found[2], &number)
			number++
		}
	}
	base = filepath.Join(folder, base+"."+plain)
	rejects := base + ".rejects.csv"
	if number > 1 {
		rejects = fmt.Sprintf("%s.rejects-%d.csv", base, number)
	}
	return names{results: base + ".results.ndjson", rejects: rejects, partial: rejects + ".partial"}
}

var (
	rejectsName = regexp.MustCompile(`^(.*)\.rejects(?:-(\d+))?$`)
	notInNames  = regexp.MustCompile(`[^\pL\pN._-]`)
)

// results is the file of results. Lines are only added.
type results struct {
	mu    sync.Mutex
	file  *os.File
	lock  *flock.Flock
	known knownKeys
	// latest is the last result whose operation the server has.
	latest *Result
	// keyOf is what the keys are: a column, customer.id, or content.
	keyOf string
}

// openResults opens the file of results of an import, and reads what it has. No other process can
// use it until Close.
func openResults(name, importID, provider string) (*results, error) {
	r := &results{lock: flock.New(name+".lock", flock.SetPermissions(0o600))}
	if locked, err := r.lock.TryLock(); err != nil {
		return nil, err
	} else if !locked {
		return nil, fmt.Errorf("another import uses %s: wait until it ends", name)
	}
	opened, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // beside the file that the user names
	if err != nil {
		return nil, errors.Join(err, r.lock.Close())
	}
	r.file = opened
	if err := r.read(name, importID, provider); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// read reads all lines, and removes a last one that a crash has cut.
func (r *results) read(name, importID, provider string) error {
	lines := bufio.NewReaderSize(r.file, 64<<10)
	whole := int64(0)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) { // without a line break: a crash has cut it
			if err := r.file.Truncate(whole); err != nil {
				return err
			}
			_, err = r.file.Seek(whole, io.SeekStart)
			r.known = r.known.sorted()
			return err
		} else if err != nil {
			return err
		}
		whole += int64(len(line))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var result Result
		if err := json.Unmarshal(line, &result); err != nil {
			return fmt.Errorf("%s is damaged in line %d: move the file away, and run the command again", name, number)
		}
		if result.Import != importID || result.Provider != provider {
			return fmt.Errorf("%s has results of import %q at %s: name another folder with --output, or another import with --id",
				name, result.Import, result.Provider)
		}
		entry := known{key: digestOf(result.Key), created: result.isDone(), rejected: result.Outcome == Rejected}
		_, _ = hex.Decode(entry.content[:], []byte(result.Content))
		r.known = append(r.known, entry)
		r.keyOf = result.KeyOf
		if result.wasSent() {
			r.latest = &result
		}
	}
}

// write adds a line.
func (r *results) write(result *Result) error {
	line, err := json.Marshal(result)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err = r.file.Write(append(line, '\n'))
	return err
}

// Close returns when the lines are on disk.
func (r *results) Close() error {
	err := errors.Join(r.file.Sync(), r.file.Close())
	_ = os.Remove(r.lock.Path()) // while it is locked: who opened it before finds it locked or gone
	return errors.Join(err, r.lock.Close())
}

// exists reports whether there is a file of this name.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}
