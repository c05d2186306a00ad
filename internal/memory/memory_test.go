package memory

import (
	"runtime"
	"testing"
)

// Used counts what is alive, and not garbage.
func TestUsed(t *testing.T) {
	const size = 64 << 20
	runtime.GC()
	before := Used()
	kept := make([]byte, size)
	runtime.GC()
	with := Used()
	runtime.KeepAlive(kept)
	runtime.GC()
	without := Used()
	if with < before+size*9/10 || without > before+size/10 {
		t.Errorf("%d MiB before, %d with 64 more, %d without", before>>20, with>>20, without>>20)
	}
}

func BenchmarkUsed(b *testing.B) {
	for b.Loop() {
		Used()
	}
}
