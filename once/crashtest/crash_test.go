package crashtest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// roundLimit is the time after which a round counts as hanging.
const roundLimit = 3 * time.Minute

// A process that dies at any step, at any vendor, neither loses a customer nor creates one twice.
func TestEveryStep(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	for _, point := range crashPoints() {
		for _, v := range vendors() {
			t.Run(point.name+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				if why := point.unreachable[v.name]; why != "" {
					neverFires(t, point, &v)
					return
				}
				for round := range *rounds {
					fires(t, round, &point, &v)
				}
			})
		}
	}
}

// fires runs a round until a process has died at the step, three times at most.
func fires(t *testing.T, round int, point *crashPoint, v *vendor) {
	t.Helper()
	fired := false
	for attempt := 0; attempt < 3 && !fired && !t.Failed(); attempt++ {
		found := killAtStep(t, chanceOf(fmt.Sprint(t.Name(), round, attempt)), point, v)
		fired = found.kills > 0
		results.add(v.name, point.name, found)
	}
	if !fired && !t.Failed() {
		t.Errorf("%s was never reached: a step that does not fire tests nothing", point.name)
	}
}

// neverFires proves that a step which is marked unreachable at a vendor is unreachable.
func neverFires(t *testing.T, point crashPoint, v *vendor) {
	t.Helper()
	point.onExisting = nil
	if found := killAtStep(t, chanceOf(t.Name()), &point, v); found.kills > 0 {
		t.Errorf("%s reaches %s, which is marked unreachable", v.name, point.name)
	}
}

// killAtStep runs a round. Callers create at one vendor, and the process dies at the step. It may
// then die twice more, at any step. The tally's kills are those at the step.
func killAtStep(t *testing.T, c *chance, point *crashPoint, v *vendor) tally {
	t.Helper()
	var mu sync.Mutex
	kills, further := 0, 2
	plans := []string{c.planFor(point.name, 2)}
	w := newWorld(t, c, func() string {
		mu.Lock()
		defer mu.Unlock()
		if len(plans) == 0 {
			return ""
		}
		plan := plans[0]
		plans = plans[1:]
		return plan
	}, func(step string) {
		mu.Lock()
		defer mu.Unlock()
		results.kill(v.name, step)
		if step == point.name {
			kills++
		}
		if further > 0 && c.percent(50) {
			further--
			plans = append(plans, c.planFor(one(c, crashPoints()).name, 2))
		}
	}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	if point.order != nil {
		point.order(w, v)
	}
	disturb(w, v, 3)
	onExisting := v.onExisting
	if point.onExisting != nil {
		onExisting = point.onExisting(v)
	}
	creates := requestsFor(c, v, 8, onExisting)
	callers(ctx, w, creates, 5)
	found := verify(ctx, w, creates)
	mu.Lock()
	defer mu.Unlock()
	found.rounds, found.kills = 1, kills
	return found
}
