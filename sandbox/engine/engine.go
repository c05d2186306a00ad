package engine

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Engine serves the vendors that were added to it, as one [http.Handler]. Many goroutines may use
// it at once.
type Engine struct {
	now     func() time.Time
	mux     *http.ServeMux
	vendors map[Vendor]*API
	control []string                                // control endpoints, for the index
	unknown map[string]func(*http.Request) Response // by path prefix

	mu      sync.Mutex // guards what follows and every vendor's state
	records *store
	faults  []*Fault
	uses    map[use]int
}

// New returns an engine without vendors.
func New(now func() time.Time) *Engine {
	e := &Engine{
		now:     now,
		mux:     http.NewServeMux(),
		vendors: map[Vendor]*API{},
		unknown: map[string]func(*http.Request) Response{},
		records: newStore(),
		uses:    map[use]int{},
	}
	e.serveControl()
	e.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { e.NotFound(r).Write(w) })
	return e
}

// ServeHTTP implements [http.Handler].
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.mux.ServeHTTP(w, r) }

// AddVendor makes the vendor known to the control endpoints.
func (e *Engine) AddVendor(v *API) { e.vendors[v.Vendor] = v }

// HandleNotFound sets the response to paths under the prefix that nothing serves. The longest
// prefix wins.
func (e *Engine) HandleNotFound(prefix string, respond func(*http.Request) Response) {
	e.unknown[prefix] = respond
}

// NotFound returns the response to a path that nothing serves.
func (e *Engine) NotFound(r *http.Request) Response {
	longest := ""
	for prefix := range maps.Keys(e.unknown) {
		if strings.HasPrefix(r.URL.Path, prefix) && len(prefix) > len(longest) {
			longest = prefix
		}
	}
	if respond := e.unknown[longest]; respond != nil {
		return respond(r)
	}
	return JSONResponse(http.StatusNotFound, map[string]any{"error": "the sandbox has no endpoint at " + r.URL.Path, "see": "/sandbox"})
}

// Locked runs a function under the lock that every endpoint runs under.
func (e *Engine) Locked(do func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	do()
}

// Add stores a new customer. Look-ups find it at once unless a slow look-up is ordered for the
// vendor. The caller holds the lock, as every endpoint does.
func (e *Engine) Add(c *Call, vendor Vendor, key Key, fields map[string]any) *Customer {
	added := &Customer{Vendor: vendor, Key: key.Stored, Fields: fields, appears: c.Now, key: key}
	if slow := e.takeFault(vendor, "create", func(f *Fault) bool { return f.Kind == SlowLookup }); slow != nil {
		added.appears = c.Now.Add(slow.delay())
	}
	e.records.add(added)
	return added
}

// Remove deletes a customer. The caller holds the lock.
func (e *Engine) Remove(c *Customer) { e.records.remove(c) }

// Find returns the vendor's customers that a look-up by the key finds, the oldest first. The caller
// holds the lock.
func (e *Engine) Find(vendor Vendor, key string) []*Customer { return e.records.find(vendor, key) }

// InUse returns the vendor's customers that have the key already, as it was given or as it would be
// stored. The caller holds the lock.
func (e *Engine) InUse(vendor Vendor, key Key) []*Customer {
	if found := e.records.find(vendor, key.Stored); len(found) > 0 || key.Given == key.Stored {
		return found
	}
	return e.records.find(vendor, key.Given)
}

// Customers returns all customers of a vendor, the oldest first. The caller holds the lock.
func (e *Engine) Customers(vendor Vendor) []*Customer { return e.records.all[vendor] }
