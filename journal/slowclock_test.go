package journal_test

import (
	"testing"
	"time"
)

// The first slow clock is no later than the newest record. The kept one survives a restart.
func TestSlowClock(t *testing.T) {
	path := newPath(t)
	j := open(t, path, "a")
	first, err := j.SlowClock(t.Context())
	if err != nil || time.Since(first).Abs() > time.Minute {
		t.Fatalf("%s, %v", first, err)
	}
	earlier := first.Add(-time.Hour)
	if err := j.KeepSlowClock(t.Context(), earlier); err != nil {
		t.Fatal(err)
	}
	j.Close()
	j = open(t, path, "a")
	if kept, err := j.SlowClock(t.Context()); err != nil || !kept.Equal(earlier) {
		t.Errorf("%s, %v, want %s", kept, err, earlier)
	}
	j.Close()
	meddle(t, path, `UPDATE secrets SET value = ? WHERE name = 'slow_clock'`, []byte("x"))
	_, err = open(t, path, "a").SlowClock(t.Context())
	mustSay(t, err, "Delete the row slow_clock")
}
