package limit_test

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/enlist-dev/enlist/providers/limit"
)

func free() error { return nil }

// Without a burst, requests go in even steps. After a pause, a burst goes at once.
func TestGateRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := limit.NewGate(limit.Limits{Rate: 10, Burst: 5, Slots: limit.Unlimited})
		start := time.Now()
		for range 25 {
			leave, err := gate.Enter(t.Context(), free)
			if err != nil {
				t.Fatal(err)
			}
			leave()
		}
		if took := time.Since(start).Round(time.Millisecond); took != 2*time.Second {
			t.Errorf("25 requests took %s, want 2s: 5 at once and 10 a second", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		before := time.Now()
		if _, err := gate.Enter(ctx, free); !errors.Is(err, limit.ErrTooLate) || time.Since(before) != 0 {
			t.Errorf("a turn that cannot come was waited for: %v after %s", err, time.Since(before))
		}
	})
}

// Requests are admitted in the order of arrival, and a request that gives up leaves its turn to the
// next one.
func TestGateOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := limit.NewGate(limit.Limits{Rate: math.Inf(1), Burst: 1, Slots: 1})
		leave, err := gate.Enter(t.Context(), free)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		var order []int
		leaving, cancel := context.WithCancel(t.Context())
		broken := errors.New("broken")
		for i := range 6 {
			group.Go(func() {
				ctx, refuse := t.Context(), free
				switch i {
				case 2:
					ctx = leaving
				case 3:
					refused := false
					refuse = func() error { // not at first
						if refused {
							return broken
						}
						refused = true
						return nil
					}
				}
				leave, err := gate.Enter(ctx, refuse)
				if err == nil {
					order = append(order, i)
					time.Sleep(time.Second)
					leave()
				} else if want := map[int]error{2: context.Canceled, 3: broken}[i]; !errors.Is(err, want) {
					t.Errorf("%d: %v, want %v", i, err, want)
				}
			})
			synctest.Wait()
		}
		cancel()
		synctest.Wait()
		if needs := gate.Demand(); needs.Slots != 7 {
			t.Errorf("demand %+v", needs)
		}
		leave()
		group.Wait()
		if len(order) != 4 || order[0] != 0 || order[1] != 1 || order[2] != 4 || order[3] != 5 {
			t.Errorf("order %v", order)
		}
	})
}

// A share that grows or shrinks counts at once, also for those who wait.
func TestGateShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := limit.NewGate(limit.Limits{Rate: 10, Burst: 1, Slots: limit.Unlimited})
		gate.SetShare(limit.Limits{Slots: limit.Unlimited})
		var group sync.WaitGroup
		var sent []time.Duration
		start := time.Now()
		for range 3 {
			group.Go(func() {
				leave, err := gate.Enter(t.Context(), free)
				if err != nil {
					t.Error(err)
					return
				}
				sent = append(sent, time.Since(start).Round(time.Millisecond))
				leave()
			})
		}
		time.Sleep(time.Minute)
		gate.SetShare(limit.Limits{Rate: 0.5, Burst: 0.05, Slots: limit.Unlimited})
		time.Sleep(3 * time.Second)
		gate.SetShare(limit.Limits{Rate: 5, Burst: 0.5, Slots: limit.Unlimited})
		group.Wait()
		want := []time.Duration{62 * time.Second, 63100 * time.Millisecond, 63300 * time.Millisecond}
		for i := range want {
			if sent[i] != want[i] {
				t.Errorf("sent at %v, want %v", sent, want)
				break
			}
		}
	})
}

// Other limits count at once, for those who wait, too. In a fleet, the share stays as far as they
// permit it. Limits that are removed no longer bound anything.
func TestSetLimits(t *testing.T) {
	limits := limit.Limits{Rate: 10, Burst: 1, Slots: 1}
	gate := limit.NewGate(limits)
	wider := limit.Limits{Rate: 20, Burst: 1, Slots: 8}
	if gate.SetLimits(wider); gate.Share() != wider || gate.Limits() != wider {
		t.Errorf("alone: %+v", gate.Share())
	}
	fleet := limit.NewFleet(limit.Options{})
	gates := map[string]*limit.Gate{"v": gate}
	fleet.Adopt(gates)
	if got := gate.Share(); got != (limit.Limits{}) {
		t.Errorf("before the first write to the board: %+v", got)
	}
	gate.SetShare(limit.Limits{Rate: 5, Burst: 0.5, Slots: 4})
	unlimited := limit.Limits{Rate: math.Inf(1), Burst: 1, Slots: limit.Unlimited}
	for _, c := range []struct{ limits, share limit.Limits }{
		{limit.Limits{Rate: 20, Burst: 1, Slots: 2}, limit.Limits{Rate: 5, Burst: 0.5, Slots: 2}},
		{unlimited, unlimited},
		{limits, limit.Limits{}}, // anew
		{limit.Limits{Rate: math.Inf(1), Burst: 1, Slots: 7}, limit.Limits{}},
	} {
		gate.SetLimits(c.limits)
		if fleet.Adopt(gates); gate.Share() != c.share {
			t.Errorf("%+v in a fleet: the share is %+v, want %+v", c.limits, gate.Share(), c.share)
		}
	}
}
