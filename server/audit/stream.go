package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// timeFormat is RFC 3339 with microseconds, in UTC. It has a fixed width, so that lines sort.
const timeFormat = "2006-01-02T15:04:05.000000Z"

// complainEvery is the least time between two log lines about lines that could not be written.
const complainEvery = time.Minute

// Options configure a Stream.
type Options struct {
	// Output receives the lines if the configuration names no file.
	Output io.Writer
	// Pseudonym returns an HMAC that stands for a customer, or nil if the id is empty.
	Pseudonym func(provider, customerID string) []byte
	// Log receives the problems of the stream.
	Log *slog.Logger
	// Metrics registers the metric of the stream.
	Metrics prometheus.Registerer
}

// Stream writes lines. Safe for concurrent use. A nil Stream writes nothing.
type Stream struct {
	options  Options
	failures prometheus.Counter

	mu         sync.Mutex
	text       bytes.Buffer // the line to write
	encoder    *json.Encoder
	output     io.Writer
	file       *file     // nil for Options.Output
	isTorn     bool      // the output ends within a line
	complained time.Time // when the log last had a failure
}

// Open returns the stream of a configuration. It returns nil if the configuration is nil.
func Open(config *configv1.Audit, options Options) (*Stream, error) {
	if config == nil {
		return nil, nil //nolint:nilnil // a nil stream writes nothing
	}
	s := &Stream{options: options, output: options.Output}
	s.encoder = json.NewEncoder(&s.text)
	if path := config.GetFile(); path != "" {
		opened, err := openFile(path)
		if err != nil {
			return nil, err
		}
		s.output, s.file = opened, opened
	}
	s.failures = promauto.With(options.Metrics).NewCounter(prometheus.CounterOpts{
		Name: "enlist_audit_failures_total", Help: "Lines of the audit stream that could not be written.",
	})
	return s, nil
}

// Write writes a line with the present time. It reports a failure to operators, never to the
// caller: a customer that was created is created, whether or not a line says so.
func (s *Stream) Write(line *Line) {
	if s == nil {
		return
	}
	now := time.Now()
	line.Time = now.UTC().Format(timeFormat)
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.append(line, now)
	if err == nil {
		return
	}
	s.failures.Inc()
	if now.Sub(s.complained) >= complainEvery {
		s.complained = now
		s.options.Log.Error("could not write to the audit stream; calls go on without it. Check the disk and the permissions of the file",
			"cause", err)
	}
}

// append writes a line with one write. A line after a torn one begins with a line break.
func (s *Stream) append(line *Line, now time.Time) error {
	s.text.Reset()
	if s.isTorn {
		s.text.WriteByte('\n')
	}
	if err := s.encoder.Encode(line); err != nil { // it ends with a line break
		return err
	}
	var moved error
	if s.file != nil {
		moved = s.file.follow(now)
	}
	n, err := s.output.Write(s.text.Bytes())
	s.isTorn = err != nil && (s.isTorn || n > 0)
	return errors.Join(moved, err)
}

// Close closes the file.
func (s *Stream) Close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return s.file.Close()
}
