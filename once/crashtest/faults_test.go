package crashtest_test

import (
	"context"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
)

// Whatever fault the vendor has, in a creation or a look-up, a customer is created once and all
// callers get the same outcome.
func TestEveryFault(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	for _, v := range vendors() {
		for _, operation := range append([]string{"create"}, v.lookups...) {
			for _, kind := range faultKinds(&v, operation) {
				if kind == sandbox.SlowLookup && operation != "create" {
					continue // the fault is the same for each operation
				}
				t.Run(v.name+"/"+operation+"/"+string(kind), func(t *testing.T) {
					t.Parallel()
					failAt(t, chanceOf(t.Name()), &v, operation, kind)
				})
			}
		}
	}
}

// failAt makes callers create while a vendor's operation fails, and asserts that it did.
func failAt(t *testing.T, c *chance, v *vendor, operation string, kind sandbox.FaultKind) {
	t.Helper()
	w := newWorld(t, c, func() string { return "" }, func(step string) { t.Errorf("the server died at %q", step) }, nil)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	fault := sandbox.Fault{Vendor: v.sandbox, Operation: operation, Kind: kind, Times: 2, DelayMS: delayOf(c, kind)}
	switch operation {
	case "create":
		if kind == sandbox.SlowLookup { // a look-up must be needed
			w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: operation, Kind: sandbox.DropAfter, Times: 2})
		}
	case "login": // renewed when it is refused
		fault.Times = 1
		w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "create", Kind: sandbox.ExpiredCredentials, Times: 1})
	default:
		w.fault(sandbox.Fault{Vendor: v.sandbox, Operation: "create", Kind: sandbox.DropAfter, Times: 3})
	}
	w.fault(fault)
	creates := requestsFor(c, v, 5, v.onExisting)
	callers(ctx, w, creates, 3)
	verify(ctx, w, creates)
	for _, pending := range w.pendingFaults() {
		if pending.Kind == kind && pending.Operation == operation {
			t.Errorf("%s of %s did not happen: a fault that does not happen tests nothing", kind, operation)
		}
	}
}
