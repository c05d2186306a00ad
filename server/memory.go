package server

import (
	"context"
	"log/slog"
	"math"
	"runtime"
	"runtime/debug"
	usage "runtime/metrics"
	"sync/atomic"
	"time"
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

// memory reports when the process is short of memory. A nil memory never does.
type memory struct {
	limit   uint64
	short   atomic.Bool
	samples []usage.Sample
}

// newMemory returns a memory with the runtime's memory limit, or nil if there is no limit.
func newMemory() *memory {
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 {
		return nil
	}
	m := &memory{limit: uint64(limit)} //nolint:gosec // not negative
	for _, name := range []string{
		"/memory/classes/total:bytes", "/gc/heap/live:bytes", "/memory/classes/heap/released:bytes",
		"/memory/classes/heap/objects:bytes", "/memory/classes/heap/free:bytes", "/memory/classes/heap/unused:bytes",
	} {
		m.samples = append(m.samples, usage.Sample{Name: name})
	}
	return m
}

func (m *memory) isShort() bool { return m != nil && m.short.Load() }

// watch measures the memory in use until the context ends.
func (m *memory) watch(ctx context.Context, log *slog.Logger) {
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
		if used := m.used(); m.note(used) {
			log.Warn("memory use crossed a limit", "calls_are_refused", m.isShort(), "used_mib", used>>20, "limit_mib", m.limit>>20)
		}
	}
}

// note records the memory in use, and reports whether the server now starts or stops refusing
// calls.
func (m *memory) note(used uint64) bool {
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

// used returns the memory in use. Of the heap, it counts what the latest collection found alive.
// Garbage comes near every limit, so it is no reason to refuse calls. used also counts all memory
// outside the heap.
func (m *memory) used() uint64 {
	usage.Read(m.samples)
	value := func(i int) uint64 { return m.samples[i].Value.Uint64() }
	total, live, released, objects, free, unused := value(0), value(1), value(2), value(3), value(4), value(5)
	return live + total - min(total, released+objects+free+unused)
}
