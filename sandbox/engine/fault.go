package engine

import (
	"slices"
	"time"
)

// anyOperation as a fault's operation stands for all operations of its vendor.
const anyOperation = "*"

// maxDelay bounds delay_ms.
const maxDelay = 10 * time.Minute

// Fault is a fault on order: the next Times requests to the vendor's operation fail that way. It is
// the body of POST /sandbox/faults. Faults of one operation are spent in the order in which they
// came, one for each request. A fault for the operation "*" waits for one where its kind has a
// meaning.
type Fault struct {
	Vendor    Vendor    `json:"vendor"`
	Operation string    `json:"operation"`
	Kind      FaultKind `json:"kind"`
	Times     int       `json:"times"`
	// DelayMS delays the work for latency and the visibility for slow_lookup. With any other kind it
	// delays the response, or its absence.
	DelayMS int64 `json:"delay_ms"`
	// Form names the form for normalised_key. If it is empty, the sandbox chooses one that changes the
	// key.
	Form KeyForm `json:"form,omitempty"`

	use int // how often the kind was used before at this operation
}

func (f *Fault) delay() time.Duration { return time.Duration(f.DelayMS) * time.Millisecond }

// use counts by what rotates with each use.
type use struct {
	vendor    Vendor
	operation string
	kind      FaultKind
}

// takeFault spends the first wanted fault that is ordered for the operation, if there is one. The
// caller holds the lock.
func (e *Engine) takeFault(vendor Vendor, operation string, wanted func(*Fault) bool) *Fault {
	for i, f := range e.faults {
		if f.Vendor != vendor || !wanted(f) {
			continue
		}
		if f.Operation != anyOperation && f.Operation != operation && f.Kind != SlowLookup {
			continue
		}
		f.Times--
		taken := *f // other requests may spend the rest meanwhile
		counter := use{vendor, operation, f.Kind}
		taken.use = e.uses[counter]
		e.uses[counter]++
		if f.Times == 0 {
			e.faults = slices.Delete(e.faults, i, i+1)
		}
		return &taken
	}
	return nil
}
