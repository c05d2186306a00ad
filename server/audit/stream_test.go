package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/server/audit"
)

// opened is a stream with its log and its metrics.
type opened struct {
	*audit.Stream
	log     *testkit.LogBuffer
	metrics *prometheus.Registry
}

func open(t *testing.T, config *configv1.Audit, output io.Writer) *opened {
	t.Helper()
	o := &opened{log: &testkit.LogBuffer{}, metrics: prometheus.NewRegistry()}
	stream, err := audit.Open(config, audit.Options{
		Output: output, Log: slog.New(slog.NewTextHandler(o.log, nil)), Metrics: o.metrics,
		Pseudonym: func(provider, id string) []byte { return []byte(provider + "/" + id) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Close() })
	o.Stream = stream
	return o
}

// write writes a line that a number identifies.
func (o *opened) write(number int) {
	o.Write(&audit.Line{RequestID: fmt.Sprint(number), Outcome: "OK"})
}

// failures asserts how many lines could not be written, and how often the log says so.
func (o *opened) failures(t *testing.T, want, said int) {
	t.Helper()
	families, err := o.metrics.Gather()
	if err != nil || len(families) != 1 || families[0].GetName() != "enlist_audit_failures_total" {
		t.Fatal(families, err)
	}
	if got := families[0].GetMetric()[0].GetCounter().GetValue(); got != float64(want) {
		t.Errorf("%v failures, not %d", got, want)
	}
	if got := strings.Count(o.log.String(), "level=ERROR"); got != said {
		t.Errorf("%d errors in the log, not %d: %s", got, said, o.log)
	}
}

// numbers returns the numbers of the lines of a text, without blank lines.
func numbers(t *testing.T, text string) (found []string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var read audit.Line
		if err := json.Unmarshal([]byte(line), &read); err != nil {
			t.Errorf("%v in %q", err, line)
		}
		found = append(found, read.RequestID)
	}
	return found
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// has asserts which lines a file has, by their numbers.
func has(t *testing.T, path string, want ...string) {
	t.Helper()
	if got := numbers(t, content(t, path)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s has the lines %v, not %v", filepath.Base(path), got, want)
	}
}

// A stream follows its path when logrotate renames or removes the file, and keeps what another
// process has written.
func TestRotation(t *testing.T) { synctest.Test(t, rotate) }

func rotate(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(path, []byte(`{"request_id":"0"}`+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	stream := open(t, &configv1.Audit{File: path}, nil)
	stream.write(1)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	stream.write(-1) // Enlist looks at the path once a second
	time.Sleep(time.Second)
	stream.write(2)
	has(t, path+".1", "0", "1", "-1")
	has(t, path, "2")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(path + ".1"); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v of a file that was there, %v", info.Mode(), err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	stream.write(3)
	has(t, path, "3")
	if err := os.Truncate(path, 0); err != nil { // copytruncate
		t.Fatal(err)
	}
	stream.write(4)
	has(t, path, "4")
	stream.failures(t, 0, 0)
}

// If the path cannot be opened again, lines go to the renamed file, and operators are told. The
// stream follows as soon as it can.
func TestRotationThatFails(t *testing.T) { synctest.Test(t, rotateInVain) }

func rotateInVain(t *testing.T) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "audit")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "audit.jsonl")
	stream := open(t, &configv1.Audit{File: path}, nil)
	stream.write(1)
	if err := os.Rename(folder, folder+".old"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	stream.write(2)
	stream.write(3)
	has(t, filepath.Join(folder+".old", "audit.jsonl"), "1", "2", "3")
	stream.failures(t, 2, 1)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	stream.write(4)
	has(t, path, "4")
	stream.failures(t, 2, 1)
}

// Lines of several processes in one file do not mix.
func TestSeveralWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	var writers sync.WaitGroup
	for range 4 {
		stream := open(t, &configv1.Audit{File: path}, nil)
		for range 4 {
			writers.Go(func() {
				for n := range 250 {
					stream.write(n)
				}
			})
		}
	}
	writers.Wait()
	if got := len(numbers(t, content(t, path))); got != 4000 {
		t.Errorf("%d lines", got)
	}
}

// fullDisk takes a number of bytes, and fails then.
type fullDisk struct {
	bytes.Buffer
	room int
}

func (f *fullDisk) Write(line []byte) (int, error) {
	taken := min(f.room, len(line))
	f.room -= taken
	f.Buffer.Write(line[:taken])
	if taken < len(line) {
		return taken, syscall.ENOSPC
	}
	return taken, nil
}

// A full disk ends no call. It is counted, and logged once a minute. The line after a torn one is
// whole again.
func TestFullDisk(t *testing.T) {
	disk := &fullDisk{room: 1000}
	stream := open(t, &configv1.Audit{}, disk)
	stream.write(1)
	disk.room = 20
	stream.write(2)
	stream.write(3)
	stream.failures(t, 2, 1)
	if !strings.Contains(stream.log.String(), syscall.ENOSPC.Error()) {
		t.Errorf("the log does not say why: %s", stream.log)
	}
	disk.room = 1000
	stream.write(4)
	stream.write(5)
	whole, torn := []string{}, 0
	for line := range strings.Lines(disk.String()) {
		if json.Valid([]byte(line)) {
			whole = append(whole, numbers(t, line)...)
		} else {
			torn++
		}
	}
	if fmt.Sprint(whole) != "[1 4 5]" || torn != 1 {
		t.Errorf("whole lines %v, and %d torn: %s", whole, torn, disk)
	}
	stream.failures(t, 2, 1)
}

// Open and Check refuse the same files, and Check changes nothing.
func TestUnfitFiles(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(folder, "audit.jsonl")
	for path, want := range map[string]string{
		good: "", filepath.Join(folder, "missing", "audit.jsonl"): "Create the folder " + filepath.Join(folder, "missing"),
		folder: "not a regular file", pipe: "not a regular file", "": "",
	} {
		config := &configv1.Audit{File: path}
		checked := audit.Check(config)
		if _, err := os.Stat(good); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("Check has left a file: %v", err)
		}
		_, err := audit.Open(config, audit.Options{Metrics: prometheus.NewRegistry()})
		_ = os.Remove(good)
		for _, err := range []error{checked, err} {
			if (want == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "audit.file: ")) {
				t.Errorf("%q: %v, want %q", path, err, want)
			}
		}
	}
	if err := os.WriteFile(good, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := audit.Check(&configv1.Audit{File: good}); err != nil || content(t, good) != "before\n" {
		t.Errorf("%v, %q", err, content(t, good))
	}
}

// Without the setting there is no stream, and its methods do nothing.
func TestOff(t *testing.T) {
	stream, err := audit.Open(nil, audit.Options{})
	if stream != nil || err != nil {
		t.Fatal(stream, err)
	}
	stream.Write(&audit.Line{})
	stream.Ended(nil, "")
	if err := errors.Join(stream.Close(), audit.Check(nil)); err != nil {
		t.Error(err)
	}
}
