package providertest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	latency        = "latency"
	slowLookup     = "slow_lookup"
	expired        = "expired_credentials"
	latencyTimeout = 700 * time.Millisecond
	latencyDelay   = 1100 * time.Millisecond
	hidden         = 10 * time.Minute
)

// cell runs one operation once, with one fault.
type cell struct {
	*fixture
	fault     string
	operation operation
	request   *enlistv1.CreateCustomerRequest
	form      string   // of the key, for normalised_key; empty for the sandbox's choice
	plain     *fixture // the same vendor without faults, for the time after
	held      int      // customers that the vendor has before, which the request may refer to
}

// uses returns how many attempts show all forms of a kind of fault.
func uses(kind string) int {
	switch kind {
	case "odd_row":
		return 6
	case "other_types":
		return 4
	}
	return 1
}

// checkCell compares the results of an operation under a fault with the cell of the table, for each
// form of the fault and each request of the harness.
func checkCell(t *testing.T, h Harness, kind string, operation operation, want string) {
	t.Helper()
	var seen []string
	kind, form, hasForm := strings.Cut(kind, ":")
	requests := append(h.Full(), h.Request("Key-1a"))
	switch {
	case kind == latency: // which is slow
		requests = requests[len(requests)-1:]
	case hasForm:
		requests = []*enlistv1.CreateCustomerRequest{h.Request(changedBy(form))}
	}
	for i, request := range requests {
		c := &cell{fixture: newFixture(t, h), fault: kind, form: form, operation: operation}
		if operation.name == "after" {
			c.plain = newFixture(t, h)
		}
		if strings.HasPrefix(want, "-") {
			c.request = settled(requests[len(requests)-1])
			c.proveMeaningless(want)
			return
		}
		for use := range uses(kind) {
			c.request = settled(request)
			c.createEarlier(requests[:i])
			if c.fault == slowLookup {
				c.fixture.fault("create", slowLookup, hidden)
			}
			word := operation.run(c)
			seen = append(seen, word)
			if !strings.Contains(","+want+",", ","+word+",") {
				t.Errorf("request %d, use %d: %s, want %s", i, use, word, want)
			}
			c.checkSpent()
		}
	}
	if !sameWords(want, seen) {
		t.Errorf("want %s, got %s", want, strings.Join(seen, ","))
	}
}

// changedBy returns a key that another form changes.
func changedBy(form string) string {
	switch form {
	case "trimmed":
		return " Key-1a "
	case "zeros_stripped":
		return "00Key-1a"
	case "nfc":
		return "Ke\u0301y-1a" // decomposed
	case "escaped":
		return "K&y-1a"
	case "cut":
		return "Key-1a-and-more-than-twenty-characters"
	case "unaccented":
		return "Kéy-1a"
	}
	return "Key-1a" // for upper, lower and padded
}

// createEarlier creates the requests that the cell's request may refer to. The provider is new
// after that, without a session.
func (c *cell) createEarlier(requests []*enlistv1.CreateCustomerRequest) {
	c.t.Helper()
	for _, f := range []*fixture{c.fixture, c.plain} {
		if f == nil {
			continue
		}
		f.control(http.MethodDelete, "/records", "")
		for _, earlier := range requests {
			f.create(settled(earlier))
		}
	}
	c.held = len(requests)
	timeout := 5 * time.Second
	if c.fault == latency {
		timeout = latencyTimeout
	}
	c.use(c.harness.New(c.server.URL, timeout))
}

// faulty returns the vendor's operation that fails.
func (c *cell) faulty() string {
	switch {
	case c.operation.faulty != "":
		return c.operation.faulty
	case c.prepare().LooksFirst():
		return "get"
	}
	return "create"
}

// order orders the fault, unless it has waited for a creation since the beginning.
func (c *cell) order() {
	c.t.Helper()
	delay := time.Duration(0)
	if c.fault == latency {
		delay = latencyDelay
	}
	if c.fault != slowLookup {
		c.fixture.fault(c.faulty(), c.fault, delay, c.form)
	}
}

// checkSpent asserts that the fault happened.
func (c *cell) checkSpent() {
	c.t.Helper()
	_, body := c.control(http.MethodGet, "/faults", "")
	var pending struct {
		Faults []any `json:"faults"`
	}
	if err := json.Unmarshal(body, &pending); err != nil || len(pending.Faults) > 0 {
		c.t.Errorf("the fault did not happen: %s", body)
	}
}

func (c *cell) prepare() providers.Creation {
	c.t.Helper()
	creation, err := c.provider.Prepare(c.request)
	if err != nil {
		c.t.Fatal(err)
	}
	return creation
}

// attempt is one attempt at a creation.
type attempt struct {
	creation providers.Creation
	sent     providers.Sent
	response *enlistv1.CreateCustomerResponse
	word     string
	creates  int // create requests that arrived
}

// attempt sends the creation under the fault, after some customers exist. It asserts what holds
// after any creation.
func (c *cell) attempt(before int) *attempt {
	c.t.Helper()
	a := &attempt{creation: c.prepare()}
	preview, err := a.creation.Preview(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	since := len(c.arrived(0))
	c.order()
	a.sent = providers.Sent{Since: time.Now(), Looked: a.creation.LooksFirst()}
	a.response, err = a.creation.CreateCustomer(c.t.Context())
	for _, call := range c.arrived(since) {
		if isCreate(c.t, preview.GetVendorRequest(), call) {
			a.creates++
		}
	}
	if a.creates > 1 && (c.fault != expired || c.faulty() != "create" || a.creates > 2) {
		c.t.Errorf("the creation was sent %d times", a.creates)
	}
	if c.fault == latency && c.faulty() == "create" {
		c.awaitCustomer()
	}
	if a.word = c.wordOfCreate(a, err); before == 0 {
		c.checkHeld(a)
	}
	return a
}

// made returns the number of customers that this cell created.
func (c *cell) made() int {
	c.t.Helper()
	return len(c.records()) - c.held
}

// isCreate reports whether a request has the URL of a previewed creation.
func isCreate(t *testing.T, preview *enlistv1.VendorRequest, call recorded) bool {
	t.Helper()
	shown, err := url.Parse(preview.GetUrl())
	if err != nil {
		t.Fatal(err)
	}
	arrived, err := url.Parse(call.url)
	if err != nil {
		t.Fatal(err)
	}
	return shown.Path == arrived.Path && preview.GetMethod() == call.method
}

// awaitCustomer waits until the vendor has created the customer of a request that the client has
// abandoned.
func (c *cell) awaitCustomer() {
	for start := time.Now(); c.made() == 0 && time.Since(start) < 5*time.Second; {
		time.Sleep(20 * time.Millisecond)
	}
}

// checkHeld asserts the number of customers at the vendor after one creation, which started with
// none: as many as the word says.
func (c *cell) checkHeld(a *attempt) {
	c.t.Helper()
	held := c.made()
	for _, record := range c.records() {
		if record.Created != 1 {
			c.t.Errorf("%s was created %d times", record.Key, record.Created)
		}
	}
	least, most := 0, 0
	switch strings.TrimRight(a.word, "~!*") {
	case "created", "written", "adopted", "unproven":
		least, most = 1, 1
	case "unknown", "refused??", "exists??":
		most = 1
	}
	if held < least || held > most {
		c.t.Errorf("after %s the vendor holds %d customers", a.word, held)
	}
	if c.operation.faulty != "create" {
		return
	}
	switch c.fault { // and as many as the fault allows
	case "status_500", "status_429", "drop_before", "refused_with_500":
		least, most = 0, 0
	case expired:
	default:
		least, most = 1, 1
	}
	if held < least || held > most {
		c.t.Errorf("the vendor holds %d customers after %s", held, c.fault)
	}
}
