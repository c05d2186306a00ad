package cli

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// gcPercent is how much garbage there may be, in percent of what is alive, where memory has a limit. Little is alive between two calls, so that
// the runtime's 100 would have it collected many times a second; near the limit it is collected as often as is needed, whatever this says.
const gcPercent = 400

// limitMemory sets the limit of this process to nine tenths of its container's, unless GOMEMLIMIT says it; the server goes by it. GOGC, if it is
// set, goes before gcPercent.
func limitMemory(log logger) {
	if _, err := memlimit.Set(); err != nil {
		log.Debug("cannot find the memory limit of this process", "cause", err)
	}
	if debug.SetMemoryLimit(-1) < math.MaxInt64 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
