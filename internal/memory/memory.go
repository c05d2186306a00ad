// Package memory measures the memory of this process.
//
// Packages server and vendorhttp import it. It decides nothing.
package memory

import (
	"math"
	"runtime/debug"
	"runtime/metrics"
)

// Limit returns the memory limit of the process in bytes (GOMEMLIMIT), or 0 if it has none.
func Limit() uint64 {
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 {
		return 0
	}
	return uint64(limit) //nolint:gosec // not negative
}

// Used returns the memory in use, in bytes. Of the heap, it counts what the latest collection found
// alive. Garbage comes near every limit, so it is no reason to refuse work. Used also counts all
// memory outside the heap.
func Used() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
	}
	metrics.Read(samples)
	value := func(i int) uint64 { return samples[i].Value.Uint64() }
	total, live, released, objects, free, unused := value(0), value(1), value(2), value(3), value(4), value(5)
	return live + total - min(total, released+objects+free+unused)
}
