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

// crash is the plan of ENLIST_CRASH for this process. With STEP:N it kills itself when it reaches
// that step for the Nth time. With STEP:N:freeze it stops there until it gets SIGCONT. Only the
// crash tests build this file.
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

// step kills or freezes the process, like a power cut, if the plan names this step.
func step(name string) {
	if crash != nil && crash.step == name && crash.left.Add(-1) == 0 {
		if crash.freeze {
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			<-after(100 * time.Millisecond) // another thread may get the signal first
			return
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing happens after the signal
	}
}
