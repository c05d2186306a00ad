package once_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
)

// The journal's clock jumps an hour forward and back while creations are sent and settled. There is
// never a second customer, and every creation gets an outcome.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	for _, class := range []enlistv1.DuplicateSafetyClass{enforced, byKey, byMatch} {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { clockJumps(t, class) })
		})
	}
}

func clockJumps(t *testing.T, class enlistv1.DuplicateSafetyClass) {
	t.Helper()
	var ahead atomic.Int64
	f := start(t, newVendor(class, settledAfter), reconciling, func(f *fixture) {
		f.clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	stop, jumps := make(chan struct{}), sync.WaitGroup{}
	jumps.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(30 * time.Millisecond):
				ahead.Store(int64(time.Hour) * int64(i%3-1))
			}
		}
	})
	var callers sync.WaitGroup
	requests := make([]*enlistv1.CreateCustomerRequest, 20)
	for i := range requests {
		how := send{err: unknownError(), acts: i%2 == 0, lag: time.Duration(i%4) * settledAfter / 5}
		f.vendor.then(how)
		requests[i] = request(fmt.Sprint("c", i))
		callers.Go(func() { _, _ = f.create(requests[i], soon) })
	}
	callers.Wait()
	for _, r := range requests {
		testkit.Eventually(t, "the creation has an outcome", func() bool {
			state := f.record(r).State
			return state != unknown && state != intent
		})
	}
	close(stop)
	jumps.Wait()
	ahead.Store(0)
	for _, r := range requests {
		f.succeeds(r)
	}
	if _, customers, _ := f.vendor.counts(); customers != len(requests) {
		t.Errorf("%d customers of %d creations", customers, len(requests))
	}
}

// The wait for the vendor's limit uses the monotonic clock and not the journal's.
func TestClockJumpDoesNotShortenTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		f := start(t, newVendor(byKey, 800*time.Millisecond), reconciling, func(f *fixture) {
			f.clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		r, began := request("c1"), time.Now()
		f.vendor.then(send{acts: true, lag: 600 * time.Millisecond, err: unknownError()})
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		ahead.Store(int64(time.Hour))
		f.comesTo(r, succeeded)
		if took := time.Since(began); took < 500*time.Millisecond {
			t.Errorf("settled after %s", took)
		}
		f.holds(1, 1)
	})
}
