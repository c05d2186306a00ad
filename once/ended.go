package once

import (
	"slices"

	"github.com/enlist-dev/enlist/journal"
)

// tellEnd reports the end of a creation that was just written, unless a caller waits for it or a
// person decided it.
func (s *Service) tellEnd(record *journal.Record) {
	if s.ended == nil || len(record.Events) == 0 || record.IsOpen() || s.jobs.isAwaited(record.Key) {
		return
	}
	last := record.Events[len(record.Events)-1]
	if slices.ContainsFunc(transitions[:], func(t transition) bool { return string(t.what) == last && (t.by == sender || t.by == settler) }) {
		s.ended(record, last)
	}
}

// isAwaited reports whether a caller waits for the response of a creation that this process works
// on.
func (j *jobs) isAwaited(key journal.Key) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	present := j.byKey[key]
	return present != nil && present.isAwaited.Load()
}
