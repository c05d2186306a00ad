package crashtest_test

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

var (
	rounds    = flag.Int("crash.rounds", 1, "rounds for each step and vendor")
	duration  = flag.Duration("crash.duration", 0, "how long TestForLong goes on; 0: it is skipped")
	seed      = flag.Uint64("crash.seed", 1, "seed of all chance; 0: from the clock")
	tableFile = flag.String("crash.table", "", "Markdown file that gets the table of a long run, between its markers")
	rolls     = flag.Int("crash.rolls", 4, "restarts in TestRollingRestart")
	failovers = flag.Int("crash.failovers", shortFailovers, "failovers in TestPatroni")
	parallel  = flag.Int("crash.parallel", 8, "rounds at a time; they wait more than they work")

	// binary is the program with its crash points.
	binary string
	// scratch has a folder for each round. It is kept if a test fails.
	scratch string
)

// shortFailovers is the number of failovers that need no flag.
const shortFailovers = 3

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", fmt.Sprint(*parallel))
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	var err error
	if scratch, err = os.MkdirTemp("", "enlist-crash-"); err != nil {
		panic(err)
	}
	binary = filepath.Join(scratch, "enlist")
	if out, err := exec.Command("go", "build", "-tags", "crashpoints", "-o", binary, "../..").CombinedOutput(); err != nil {
		panic(string(out))
	}
	fmt.Printf("crash.seed=%d\n", *seed)
	status := m.Run()
	if status == 0 {
		_ = os.RemoveAll(scratch)
	} else {
		fmt.Printf("journals and logs: %s; again with -crash.seed=%d\n", scratch, *seed)
	}
	os.Exit(status)
}

// chance is a random source for concurrent use.
type chance struct {
	mu     sync.Mutex
	source *rand.Rand
}

// chanceOf returns the random source of a round, so that the round repeats whatever else runs.
func chanceOf(round string) *chance {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(round))
	return &chance{source: rand.New(rand.NewPCG(*seed, sum.Sum64()))}
}

// upTo returns a number from 0 to n-1.
func (c *chance) upTo(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.source.IntN(n)
}

// percent returns true with this probability.
func (c *chance) percent(p int) bool { return c.upTo(100) < p }

// between returns a random duration.
func (c *chance) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.upTo(int(most-least)))
}

func one[T any](c *chance, of []T) T { return of[c.upTo(len(of))] }
