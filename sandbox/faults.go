package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// FaultKind is a way to fail.
type FaultKind string

// The kinds of fault.
const (
	// Latency waits delay_ms, then does the work and answers.
	Latency FaultKind = "latency"
	// Status500 answers 500 in the vendor's form; nothing is done.
	Status500 FaultKind = "status_500"
	// Status429 answers 429 with Retry-After: 1; nothing is done.
	Status429 FaultKind = "status_429"
	// DropBefore closes the connection; nothing is done. Go's HTTP client by
	// itself repeats a GET that is dropped on a connection used before.
	DropBefore FaultKind = "drop_before"
	// DropAfter does the work, then closes the connection without an answer.
	DropAfter FaultKind = "drop_after"
	// Truncated does the work, sends half of the answer under a Content-Length
	// that promises more, then closes the connection.
	Truncated FaultKind = "truncated"
	// Malformed does the work and answers 200 with a body that does not parse.
	Malformed FaultKind = "malformed"
	// ErrorButCreated does the work and answers with the vendor's error.
	ErrorButCreated FaultKind = "error_but_created"
	// ExpiredCredentials refuses the call in the vendor's way. A token or session
	// is invalid from then on; a key that never expires (Sell&Sign, Caliq, Avvio)
	// is refused for this call only, as there is no way to renew it.
	ExpiredCredentials FaultKind = "expired_credentials"
	// SlowLookup hides the next new record from look-ups for delay_ms. It waits
	// for a create, whatever operation it was ordered for, and goes together
	// with any other fault of that call.
	SlowLookup FaultKind = "slow_lookup"
)

func faultKinds() []FaultKind {
	return []FaultKind{
		Latency, Status500, Status429, DropBefore, DropAfter, Truncated,
		Malformed, ErrorButCreated, ExpiredCredentials, SlowLookup,
	}
}

// works says whether the vendor does its work in spite of the fault.
func (k FaultKind) works() bool {
	return k != Status500 && k != Status429 && k != DropBefore
}

// anyOperation as a fault's operation stands for all of its vendor's.
const anyOperation = "*"

// maxDelay bounds delay_ms.
const maxDelay = 10 * time.Minute

// Fault is a fault on order: the next Times calls of the vendor's operation
// fail so. It is the body of POST /sandbox/faults. Faults of one operation are
// spent in the order in which they came, one a call.
type Fault struct {
	Vendor    Vendor    `json:"vendor"`
	Operation string    `json:"operation"`
	Kind      FaultKind `json:"kind"`
	Times     int       `json:"times"`
	// DelayMS delays the work for latency and the finding for slow_lookup; with
	// any other kind it delays the answer, or its absence.
	DelayMS int64 `json:"delay_ms"`
}

func (f *Fault) delay() time.Duration { return time.Duration(f.DelayMS) * time.Millisecond }

func slowLookups(f *Fault) bool { return f.Kind == SlowLookup }
func otherFaults(f *Fault) bool { return f.Kind != SlowLookup }

// takeFault spends the first fault ordered for the operation, if there is one.
// The caller holds s.mu.
func (s *Sandbox) takeFault(vendor Vendor, operation string, wanted func(*Fault) bool) *Fault {
	for i, f := range s.faults {
		if f.Vendor != vendor || !wanted(f) {
			continue
		}
		if f.Operation != anyOperation && f.Operation != operation && f.Kind != SlowLookup {
			continue
		}
		f.Times--
		taken := *f // others spend what is left of it meanwhile
		if f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return &taken
	}
	return nil
}

// refusal says what is wrong with a control request.
type refusal struct {
	Field   string   `json:"field"`
	Message string   `json:"error"`
	Allowed []string `json:"allowed,omitempty"`
}

// parseFault reads an order, naming the field that is wrong.
func (s *Sandbox) parseFault(body []byte) (*Fault, *refusal) {
	f := &Fault{Times: 1}
	var vendor string
	fields := []struct {
		name string
		into any
		form string
	}{
		{"vendor", &vendor, "a string"},
		{"operation", &f.Operation, "a string"},
		{"kind", &f.Kind, "a string"},
		{"times", &f.Times, "a whole number"},
		{"delay_ms", &f.DelayMS, "a whole number"},
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(body, &given); err != nil || given == nil {
		return nil, &refusal{Field: "body", Message: "body: a JSON object is expected, such as " +
			`{"vendor":"opencell","operation":"create","kind":"drop_after","times":1}`}
	}
	var names []string
	for _, field := range fields {
		names = append(names, field.name)
		if raw, ok := given[field.name]; ok {
			if err := json.Unmarshal(raw, field.into); err != nil {
				return nil, &refusal{Field: field.name, Message: fmt.Sprintf("%s: %s is expected, not %.40s", field.name, field.form, raw)}
			}
		}
	}
	for name := range given {
		if !slices.Contains(names, name) {
			return nil, notAllowed("field", name, names)
		}
	}
	v, wrong := s.vendorNamed(vendor)
	if wrong != nil {
		return nil, wrong
	}
	f.Vendor = v.vendor
	return f, f.check(v)
}

func (f *Fault) check(v *vendorAPI) *refusal {
	if f.Operation == "" {
		f.Operation = anyOperation
	}
	if allowed := append([]string{anyOperation}, v.operations...); !slices.Contains(allowed, f.Operation) {
		return notAllowed("operation", f.Operation, allowed)
	}
	if kinds := faultKinds(); !slices.Contains(kinds, f.Kind) {
		return notAllowed("kind", string(f.Kind), texts(kinds))
	}
	if f.Times < 0 {
		return &refusal{Field: "times", Message: "times: must be 1 or more (0 or absent means 1)"}
	}
	if f.Times == 0 {
		f.Times = 1
	}
	if f.DelayMS < 0 || f.DelayMS > maxDelay.Milliseconds() {
		return &refusal{Field: "delay_ms", Message: fmt.Sprintf("delay_ms: must lie between 0 and %d", maxDelay.Milliseconds())}
	}
	if (f.Kind == Latency || f.Kind == SlowLookup) && f.DelayMS == 0 {
		return &refusal{Field: "delay_ms", Message: fmt.Sprintf("delay_ms: %s needs one above 0", f.Kind)}
	}
	return nil
}

func notAllowed(field, value string, allowed []string) *refusal {
	return &refusal{Field: field, Message: fmt.Sprintf("%s: %q is not known", field, value), Allowed: allowed}
}

func texts[T ~string](values []T) []string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	return names
}
