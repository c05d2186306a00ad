package cli

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// gcPercent is the value of GOGC if memory has a limit. Few objects stay alive between two calls,
// so with the default of 100 the runtime would collect garbage many times per second. Near the
// limit, the runtime collects as often as necessary.
const gcPercent = 400

// limitMemory sets the memory limit of this process to nine tenths of its container's. The server
// refuses calls near this limit. GOMEMLIMIT and GOGC override the limit and gcPercent.
func limitMemory(log logger) {
	if _, err := memlimit.Set(); err != nil {
		log.Debug("cannot find the memory limit of this process", "cause", err)
	}
	if debug.SetMemoryLimit(-1) < math.MaxInt64 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
