package sandbox

import (
	"net/http"

	"github.com/enlist-dev/enlist/sandbox/avvio"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/engine"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
	"github.com/enlist-dev/enlist/sandbox/valomnia"
)

// Vendor is one of the five vendors, by the name that the control endpoints use.
type Vendor = engine.Vendor

// The vendors. /sandbox/faults and /sandbox/records also accept "sellandsign".
const (
	Opencell    = opencell.Name
	SellAndSign = sellandsign.Name
	Valomnia    = valomnia.Name
	Caliq       = caliq.Name
	Avvio       = avvio.Name
)

// Sandbox is the five vendors' APIs in one [http.Handler]. Many goroutines may use it at once.
type Sandbox struct {
	engine *engine.Engine
}

// New returns an empty sandbox that accepts the [DemoCredentials].
func New(options ...Option) *Sandbox {
	s := defaults()
	for _, option := range options {
		option(&s)
	}
	e := engine.New(s.now, s.credentials())
	for _, add := range []func(){
		func() { opencell.Add(e, s.opencell) },
		func() { sellandsign.Add(e, s.sellAndSign) },
		func() { valomnia.Add(e, s.valomnia) },
		func() { caliq.Add(e, s.caliq) },
		func() { avvio.Add(e, s.avvio) },
	} {
		add()
	}
	return &Sandbox{engine: e}
}

// ServeHTTP implements [http.Handler].
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }
