package crashtest_test

import (
	"fmt"
	"slices"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

// crashPoint is a step of package once at which the process is killed.
type crashPoint struct {
	name string
	// order injects the faults without which no creation reaches the step; nil for none.
	order func(w *world, v *vendor)
	// onExisting are the values of on_existing with which a creation reaches the step; nil for all.
	onExisting func(v *vendor) []enlistv1.OnExisting
	// unreachable says why a vendor's creations never reach the step.
	unreachable map[string]string
}

func crashPoints() []crashPoint {
	return []crashPoint{
		{name: "before-intent"},
		{name: "after-intent"},
		{
			name: "before-release", onExisting: func(v *vendor) []enlistv1.OnExisting { return v.looksFirst },
			unreachable: map[string]string{"avvio": "a create there does not look first, as there is no id to look for"},
		},
		{name: "before-send"},
		{name: "connected"},
		{name: "before-end"},
		{name: "after-end"},
		{name: "settle", order: loseAnswers},
		{name: "after-lookup", order: loseAnswers},
		{name: "before-settled", order: loseAnswers},
		{name: "after-settled", order: loseAnswers},
		{name: "before-resend", order: loseRequests},
		{name: "after-resend-intent", order: loseRequests},
		{name: "between-lookups", order: failLookups},
	}
}

// planFor makes the ENLIST_CRASH that kills at one of the first n times of a step.
func (c *chance) planFor(step string, n int) string { return fmt.Sprintf("%s:%d", step, 1+c.upTo(n)) }

// loseAnswers makes the vendor create the customer and lose the response.
func loseAnswers(w *world, v *vendor) {
	for range 4 {
		w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "create", Kind: one(w.chance, []sandbox.FaultKind{
			sandbox.DropAfter, sandbox.Truncated, sandbox.Malformed, sandbox.ErrorButCreated,
		}), Times: 1})
	}
}

// loseRequests makes requests end without a response and without a customer.
func loseRequests(w *world, v *vendor) {
	w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "create", Kind: sandbox.DropBefore, Times: 4})
}

// failLookups loses responses, and makes look-ups fail. Look-ups fail only after the first lost
// response, because a creation that looks first would not be sent otherwise.
func failLookups(w *world, v *vendor) {
	const lost = 4
	w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "create", Kind: sandbox.DropAfter, Times: lost, DelayMS: 300})
	go func() {
		for left := lost; left == lost; time.Sleep(10 * time.Millisecond) {
			left = 0
			for _, fault := range w.pendingFaults() {
				if fault.Kind == sandbox.DropAfter && fault.DelayMS == 300 {
					left = fault.Times
				}
			}
			select {
			case <-w.ended:
				return
			default:
			}
		}
		w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "get", Kind: sandbox.Status500, Times: 12})
	}()
}

// disturb injects a few faults of any kind.
func disturb(w *world, v *vendor, most int) {
	for range w.upTo(most + 1) {
		fault := sandbox.Fault{Vendor: v.sandbox, Operation: "create", Times: 1}
		if w.percent(35) {
			fault.Operation = one(w.chance, v.lookups)
		}
		fault.Kind = one(w.chance, faultKinds(v, fault.Operation))
		fault.DelayMS = delayOf(w.chance, fault.Kind)
		w.fault(fault)
	}
}

// delayOf returns a delay within what the configuration says of the vendor: the customer is made
// and shown before timeout and lookup_lag are over. Latency may be longer than the timeout, so that
// the vendor acts after Enlist has stopped waiting.
func delayOf(c *chance, kind sandbox.FaultKind) int64 {
	switch kind {
	case sandbox.Latency:
		return int64(one(c, []int{50, 300, 1250}))
	case sandbox.SlowLookup:
		return int64(one(c, []int{100, 400}))
	default:
		return 0
	}
}

// requestsFor makes creations at a vendor.
func requestsFor(c *chance, v *vendor, count int, onExisting []enlistv1.OnExisting) []*create {
	creates := make([]*create, count)
	for i := range creates {
		how := fail
		if c.percent(30) || !slices.Contains(onExisting, fail) {
			how = one(c, onExisting)
		}
		creates[i] = &create{vendor: v, request: v.request(how)}
		creates[i].request.IncludeVendorRecord = c.percent(20)
	}
	return creates
}
