package cli

import (
	"log/slog"
	"math"
	"runtime/debug"
	"testing"
)

// The garbage collector runs less often only if memory has a limit and GOGC is not set.
func TestGarbage(t *testing.T) {
	t.Setenv("AUTOMEMLIMIT", "off") // ignores the limit of a container around the tests
	limit, percent := debug.SetMemoryLimit(-1), debug.SetGCPercent(100)
	defer func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	}()
	for _, c := range []struct {
		limit int64
		gogc  string
		want  int
	}{{math.MaxInt64, "", 100}, {1 << 30, "", gcPercent}, {1 << 30, "100", 100}} {
		t.Setenv("GOGC", c.gogc)
		debug.SetMemoryLimit(c.limit)
		limitMemory(logger{Logger: slog.New(slog.DiscardHandler)})
		if got := debug.SetGCPercent(100); got != c.want {
			t.Errorf("limit %d, GOGC=%q: %d, want %d", c.limit, c.gogc, got, c.want)
		}
	}
}
