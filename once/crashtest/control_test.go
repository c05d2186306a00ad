package crashtest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
)

// vendorControl calls the control endpoints of a sandbox.
type vendorControl struct {
	t       *testing.T
	url     string
	ordered *orderedFaults
}

func newVendorControl(t *testing.T, url string) *vendorControl {
	t.Helper()
	return &vendorControl{t, url, &orderedFaults{}}
}

// orderedFaults has the kinds of fault that were injected.
type orderedFaults struct {
	mu    sync.Mutex
	kinds map[faultOf]bool
}

// faultOf is a kind of fault at a vendor.
type faultOf struct {
	vendor sandbox.Vendor
	kind   sandbox.FaultKind
}

func (o *orderedFaults) note(fault sandbox.Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kinds == nil {
		o.kinds = map[faultOf]bool{}
	}
	o.kinds[faultOf{fault.Vendor, fault.Kind}] = true
}

// has reports whether a fault of that kind was injected at the vendor.
func (o *orderedFaults) has(vendor sandbox.Vendor, kind sandbox.FaultKind) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.kinds[faultOf{vendor, kind}]
}

// generalFaults are the kinds of fault that the sandbox accepts for every operation.
func generalFaults() []sandbox.FaultKind {
	return []sandbox.FaultKind{
		sandbox.Latency, sandbox.Status500, sandbox.Status429, sandbox.DropBefore, sandbox.DropAfter,
		sandbox.Truncated, sandbox.Malformed, sandbox.ErrorButCreated, sandbox.ExpiredCredentials,
		sandbox.SlowLookup,
	}
}

// selectiveFaults returns, for each vendor, the operations for which the sandbox takes the other
// kinds.
var selectiveFaults = sync.OnceValue(func() map[sandbox.Vendor]map[sandbox.FaultKind][]string {
	var index struct {
		Vendors map[sandbox.Vendor]struct {
			FaultOperations map[sandbox.FaultKind][]string `json:"fault_operations"`
		}
	}
	recorder := httptest.NewRecorder()
	sandbox.New().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/sandbox", http.NoBody))
	if err := json.Unmarshal(recorder.Body.Bytes(), &index); err != nil {
		panic(err)
	}
	operations := map[sandbox.Vendor]map[sandbox.FaultKind][]string{}
	for vendor, shown := range index.Vendors {
		operations[vendor] = shown.FaultOperations
	}
	return operations
})

// faultKinds returns the kinds of fault that the sandbox accepts for an operation of a vendor.
func faultKinds(v *vendor, operation string) []sandbox.FaultKind {
	kinds := generalFaults()
	others := selectiveFaults()[v.sandbox]
	for _, kind := range slices.Sorted(maps.Keys(others)) {
		if slices.Contains(others[kind], operation) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// fault injects a fault.
func (c *vendorControl) fault(fault sandbox.Fault) {
	c.ordered.note(fault)
	body, _ := json.Marshal(fault)
	response, err := http.Post(c.url+"/sandbox/faults", "application/json", strings.NewReader(string(body)))
	if err != nil {
		c.t.Error(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		c.t.Errorf("the sandbox does not accept %s: %s", body, response.Status)
	}
}

// pendingFaults returns the injected faults that have not happened.
func (c *vendorControl) pendingFaults() []sandbox.Fault {
	var pending struct{ Faults []sandbox.Fault }
	c.call(http.MethodGet, "/sandbox/faults", &pending)
	return pending.Faults
}

func (c *vendorControl) withdrawFaults() { c.call(http.MethodDelete, "/sandbox/faults", nil) }

// records returns a vendor's records.
func (c *vendorControl) records(v sandbox.Vendor) []sandbox.Record {
	var held struct{ Records []sandbox.Record }
	c.call(http.MethodGet, "/sandbox/records?vendor="+string(v), &held)
	return held.Records
}

func (c *vendorControl) call(method, path string, into any) {
	request, err := http.NewRequest(method, c.url+path, http.NoBody)
	if err != nil {
		panic(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	if into != nil {
		decoder := json.NewDecoder(response.Body)
		decoder.UseNumber() // Avvio's ids are large
		if err := decoder.Decode(into); err != nil {
			c.t.Error(err)
		}
	}
}
