package sandbox

import (
	"net/http"
	"sync"
)

// Vendor is one of the five vendors, by the name that the control endpoints use.
type Vendor string

// The vendors. /sandbox/faults and /sandbox/records also take "sellandsign".
const (
	Opencell    Vendor = "opencell"
	SellAndSign Vendor = "sell_and_sign"
	Valomnia    Vendor = "valomnia"
	Caliq       Vendor = "caliq"
	Avvio       Vendor = "avvio"
)

// Sandbox is the five vendors' APIs in one [http.Handler], safe for use by many
// goroutines at once.
type Sandbox struct {
	settings
	mux     *http.ServeMux
	vendors map[Vendor]*vendorAPI

	mu      sync.Mutex // guards what follows and every vendor's state
	records *recordStore
	faults  []*Fault
}

// New makes an empty sandbox that accepts the [DemoCredentials].
func New(options ...Option) *Sandbox {
	s := &Sandbox{
		settings: defaults(),
		mux:      http.NewServeMux(),
		vendors:  map[Vendor]*vendorAPI{},
		records:  newRecordStore(),
	}
	for _, option := range options {
		option(&s.settings)
	}
	newOpencell(s)
	newSellAndSign(s)
	newValomnia(s)
	newCaliq(s)
	newAvvio(s)
	s.serveUnknownAPI()
	s.serveControl()
	return s
}

// ServeHTTP implements [http.Handler].
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// add holds a new record, which look-ups find at once unless a slow look-up is
// ordered for the vendor. The caller holds s.mu.
func (s *Sandbox) add(c *call, vendor Vendor, key string, fields map[string]any) *record {
	rec := &record{vendor: vendor, key: key, fields: fields, appears: c.now}
	if slow := s.takeFault(vendor, "create", slowLookups); slow != nil {
		rec.appears = c.now.Add(slow.delay())
	}
	s.records.add(rec)
	return rec
}
