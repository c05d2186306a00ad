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
	// order orders the faults without which no create comes there; nil for none.
	order func(w *world, v *vendor)
	// onExisting gives what creates must say to come there; nil: anything.
	onExisting func(v *vendor) []enlistv1.OnExisting
	// unreachable says why a vendor's creates never come there.
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

// plan makes the ENLIST_CRASH for a step that is to kill at one of its first n times.
func (c *chance) planFor(step string, n int) string { return fmt.Sprintf("%s:%d", step, 1+c.upTo(n)) }

// loseAnswers has the vendor create and not say so.
func loseAnswers(w *world, v *vendor) {
	for range 4 {
		w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "create", Kind: one(w.chance, []sandbox.FaultKind{
			sandbox.DropAfter, sandbox.Truncated, sandbox.Malformed, sandbox.ErrorButCreated,
		}), Times: 1})
	}
}

// loseRequests has requests end without an answer and without a customer.
func loseRequests(w *world, v *vendor) {
	w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "create", Kind: sandbox.DropBefore, Times: 4})
}

// failLookups loses answers, and then the vendor does not tell either. Look-ups fail only from the first lost answer on: a create that
// looks first would not be sent otherwise.
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

// disturb orders a few faults of any kind.
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

// delayOf keeps within what the configuration says of the vendor: the work is done, and shown, before timeout and lookup_lag are over.
// Latency may be longer than the timeout, so that the vendor acts when nobody listens any more.
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

// requestsFor makes creates at a vendor.
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
