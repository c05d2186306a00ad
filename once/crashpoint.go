//go:build crashpoints

package once

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// crash is where this process kills itself, as ENLIST_CRASH says it: STEP:N for the Nth time that a step is reached; with STEP:N:freeze it
// stops there, until it is sent SIGCONT. Only the crash tests build with this file.
var crash = crashPlan() //nolint:gochecknoglobals // not in any build that is shipped

type plan struct {
	step   string
	left   atomic.Int64
	freeze bool
}

func crashPlan() *plan {
	name, count, _ := strings.Cut(os.Getenv("ENLIST_CRASH"), ":")
	count, freeze := strings.CutSuffix(count, ":freeze")
	times, err := strconv.Atoi(count)
	if name == "" || err != nil {
		return nil
	}
	made := &plan{step: name, freeze: freeze}
	made.left.Store(int64(times))
	return made
}

// step kills the process, as a power cut would, when the plan says so.
func step(name string) {
	if crash != nil && crash.step == name && crash.left.Add(-1) == 0 {
		if crash.freeze {
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			time.Sleep(100 * time.Millisecond) // the signal may come to another thread first
			return
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing happens after it
	}
}
