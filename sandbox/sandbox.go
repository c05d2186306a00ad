package sandbox

import (
	"net/http"
	"time"

	"github.com/enlist-dev/enlist/sandbox/avvio"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/engine"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
	"github.com/enlist-dev/enlist/sandbox/valomnia"
)

// vendors has one line for each vendor.
func vendors() []vendor {
	return []vendor{
		register(opencell.Defaults(), opencell.Add),
		register(sellandsign.Defaults(), sellandsign.Add),
		register(valomnia.Defaults(), valomnia.Add),
		register(caliq.Defaults(), caliq.Add),
		register(avvio.Defaults(), avvio.Add),
	}
}

// vendor is a vendor that a new sandbox emulates.
type vendor struct {
	settings any // a pointer to the settings of its package
	add      func(*engine.Engine)
}

func register[S any](settings S, add func(*engine.Engine, S)) vendor {
	return vendor{&settings, func(e *engine.Engine) { add(e, settings) }}
}

// Vendor is the name of a vendor, as the control endpoints use it.
type Vendor = engine.Vendor

// The names of vendors. /sandbox/faults and /sandbox/records also accept "sellandsign".
const (
	Opencell    = opencell.Name
	SellAndSign = sellandsign.Name
	Valomnia    = valomnia.Name
	Caliq       = caliq.Name
	Avvio       = avvio.Name
)

// Sandbox is the vendors' APIs in one [http.Handler]. Many goroutines may use it at once.
type Sandbox struct {
	engine *engine.Engine
}

// New returns an empty sandbox that accepts the demo credentials, which GET /sandbox shows.
func New(options ...Option) *Sandbox {
	s := settings{now: time.Now, vendors: vendors()}
	for _, option := range options {
		option(&s)
	}
	e := engine.New(s.now)
	for _, vendor := range s.vendors {
		vendor.add(e)
	}
	return &Sandbox{engine: e}
}

// Vendors returns the names of the vendors, sorted.
func (s *Sandbox) Vendors() []Vendor { return s.engine.Vendors() }

// ServeHTTP implements [http.Handler].
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }
