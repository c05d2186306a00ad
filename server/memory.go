package server

import (
	"context"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/memory"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// shortFrom and enoughFrom are percentages of the memory limit. Above shortFrom the server
	// refuses calls. Below enoughFrom it accepts them again.
	shortFrom, enoughFrom = 90, 85
	sampleEvery           = 100 * time.Millisecond
	// collectEvery is how often the server collects garbage while it refuses calls. Otherwise
	// nothing would show that memory is free again.
	collectEvery = time.Second
)

// shortage reports when the process is short of memory. A nil shortage never does.
type shortage struct {
	limit uint64
	short atomic.Bool
}

// newShortage returns a shortage with the runtime's memory limit, or nil if there is no limit.
func newShortage() *shortage {
	limit := memory.Limit()
	if limit == 0 {
		return nil
	}
	return &shortage{limit: limit}
}

func (m *shortage) isShort() bool { return m != nil && m.short.Load() }

// watch measures the memory in use until the context ends.
func (m *shortage) watch(ctx context.Context, log *slog.Logger) {
	if m == nil {
		return
	}
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	collected := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if m.isShort() && time.Since(collected) >= collectEvery {
			runtime.GC()
			collected = time.Now()
		}
		if used := memory.Used(); m.note(used) {
			log.Warn("memory use crossed a limit", "calls_are_refused", m.isShort(), "used_mib", used>>20, "limit_mib", m.limit>>20)
		}
	}
}

// note records the memory in use, and reports whether the server now starts or stops refusing
// calls.
func (m *shortage) note(used uint64) bool {
	switch short := m.isShort(); {
	case !short && used > m.limit/100*shortFrom:
		m.short.Store(true)
	case short && used < m.limit/100*enoughFrom:
		m.short.Store(false)
	default:
		return false
	}
	return true
}

func littleMemory() *providers.Error { return overloaded("Enlist has too little free memory") }

func overloaded(why string) *providers.Error {
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_OVERLOADED,
		Message:    why + ". It did nothing for this call. " + providers.CallAgain,
		RetryAfter: time.Second,
	}
}
