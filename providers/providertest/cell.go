package providertest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
)

const (
	latency           = "latency"
	slowLookup        = "slow_lookup"
	expired           = "expired_credentials"
	latencyTimeout    = 700 * time.Millisecond
	latencyDelay      = 1100 * time.Millisecond
	hiddenForTheWhole = 10 * time.Minute
)

// cell runs one operation under one fault, once.
type cell struct {
	*fixture
	fault     string
	operation operation
	request   *enlistv1.CreateCustomerRequest
	form      string   // of the key, for normalised_key; empty for the sandbox's choice
	plain     *fixture // the same vendor without faults, for after
	held      int      // customers that the vendor holds before, which the request may refer to
}

// uses returns how often a kind must be used until it has shown all its forms.
func uses(kind string) int {
	switch kind {
	case "odd_row":
		return 6
	case "other_types":
		return 4
	}
	return 1
}

// checkCell compares the results of an operation under a fault with the cell of the table, for each form of the fault and for each
// request of the harness.
func checkCell(t *testing.T, h Harness, kind string, operation operation, want string) {
	t.Helper()
	var seen []string
	kind, form, hasForm := strings.Cut(kind, ":")
	requests := append(h.Full(), h.Request("Key-1a"))
	switch {
	case kind == latency: // which takes its time
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
				c.fixture.fault("create", slowLookup, hiddenForTheWhole)
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
		return "Ke\u0301y-1a" // not composed
	case "escaped":
		return "K&y-1a"
	case "cut":
		return "Key-1a-and-more-than-twenty-characters"
	case "unaccented":
		return "Kéy-1a"
	}
	return "Key-1a" // upper, lower, padded
}

// createEarlier creates requests that the one of the cell may refer to. The provider is then a new one, which has no session yet.
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

// proveMeaningless proves that a combination has no meaning, for the reason that the table gives.
func (c *cell) proveMeaningless(why string) {
	c.t.Helper()
	refused := func(operation string) bool {
		status, _ := c.fixture.order(operation, c.fault, time.Second)
		return status == http.StatusBadRequest
	}
	switch why {
	case "-a":
		if c.harness.IsLogin != nil || !refused("login") {
			c.t.Error("the vendor has a login")
		}
	case "-b":
		if faulty := c.faulty(); !refused(faulty) {
			c.t.Errorf("the sandbox takes %s for %s", c.fault, faulty)
		}
	case "-c":
		existing := map[string]enlistv1.OnExisting{
			"update": enlistv1.OnExisting_ON_EXISTING_UPDATE,
			"adopt":  enlistv1.OnExisting_ON_EXISTING_ADOPT, "adopted": enlistv1.OnExisting_ON_EXISTING_ADOPT,
		}[c.operation.name]
		c.request.OnExisting = existing
		if _, err := c.provider.Prepare(c.request); existing == 0 || !c.excludes(existing, err) {
			c.t.Errorf("the vendor takes %s", existing)
		}
	case "-d":
		if c.operation.name != "look" || c.prepare().LooksFirst() {
			c.t.Error("the vendor is asked before a creation")
		}
	case "-f":
		_, err := c.provider.Prepare(c.request)
		c.fails(err, enlistv1.ErrorReason_INVALID_FIELD)
	case "-e":
		if _, excluded := c.harness.Excluded[Duplicate]; c.operation.name != "taken" || !excluded {
			c.t.Error("the vendor has a key")
		}
	}
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

// order orders the fault, unless it waits for a creation since the beginning.
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

// checkSpent asserts that the fault did happen.
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

// attempt is a creation that was sent once.
type attempt struct {
	creation providers.Creation
	sent     providers.Sent
	response *enlistv1.CreateCustomerResponse
	word     string
	creates  int // create requests that arrived
}

// attempt sends the creation under the fault, when the vendor holds some customers already, and asserts what holds after any creation.
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

// made returns how many customers were made for this cell.
func (c *cell) made() int {
	c.t.Helper()
	made := -c.held
	for _, record := range c.records() {
		made += record.Created
	}
	return made
}

// isCreate reports whether a call goes where a previewed creation goes.
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

// awaitCustomer waits until the vendor has made the customer of a request that the client gave up.
func (c *cell) awaitCustomer() {
	for start := time.Now(); c.made() == 0 && time.Since(start) < 5*time.Second; {
		time.Sleep(20 * time.Millisecond)
	}
}

// checkHeld asserts how many customers the vendor holds after one creation, where it held none before: as many as the word says.
func (c *cell) checkHeld(a *attempt) {
	c.t.Helper()
	held := c.made()
	least, most := 0, 0
	switch strings.TrimRight(a.word, "~!*") {
	case "created", "written", "adopted":
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
	switch c.fault { // and as many as the fault leaves
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

// wordOfCreate returns the word for the result of a creation, and asserts that its error is complete.
func (c *cell) wordOfCreate(a *attempt, err error) string {
	c.t.Helper()
	if err != nil {
		return c.wordOfError(err, a.creates)
	}
	word := map[enlistv1.Outcome]string{
		enlistv1.Outcome_OUTCOME_CREATED: "created", enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED: "written",
		enlistv1.Outcome_OUTCOME_UPDATED: "updated", enlistv1.Outcome_OUTCOME_ADOPTED: "adopted",
	}[a.response.GetOutcome()]
	id := a.response.GetCustomer().GetId()
	if chosen := c.request.GetCustomer().GetId(); chosen != "" && (chosen != id) != isChanged(a.response.GetWarnings()) {
		c.t.Errorf("the id is %q, %q was sent, and the warnings are %v", id, chosen, a.response.GetWarnings())
	}
	return word + marks(a.response.GetWarnings()) + c.readable(id)
}

// readable returns nothing if an id reads a customer under the same id or another form of it, and else the mark of a defect.
func (c *cell) readable(id string) string {
	c.t.Helper()
	switch c.fault {
	case slowLookup:
		return ""
	case latency:
		c.use(c.harness.New(c.server.URL, 5*time.Second))
	}
	read, err := c.provider.GetCustomer(c.t.Context(), &enlistv1.GetCustomerRequest{Provider: c.name(), CustomerId: id})
	if err != nil {
		c.t.Logf("the id %q of the response cannot be read: %v", id, err)
		return "*"
	}
	kinship := match.Keys(id, read.GetCustomer().GetId())
	if kinship == match.Different || (kinship == match.Near) != isChanged(read.GetWarnings()) {
		c.t.Errorf("the id %q reads the customer %q with the warnings %v", id, read.GetCustomer().GetId(), read.GetWarnings())
	}
	return ""
}

// marks returns the marks of a success: ~ for an id in the vendor's form, ! for other warnings.
func marks(warnings []*enlistv1.Warning) string {
	text := ""
	if isChanged(warnings) {
		text = "~"
	}
	for _, warning := range warnings {
		if warning.GetCode() != enlistv1.WarningCode_WARNING_CODE_ID_CHANGED {
			return text + "!"
		}
	}
	return text
}

func isChanged(warnings []*enlistv1.Warning) bool {
	for _, warning := range warnings {
		if warning.GetCode() == enlistv1.WarningCode_WARNING_CODE_ID_CHANGED {
			return true
		}
	}
	return false
}

// wordOfError returns the word for an error, and asserts that it is complete and fits the number of create requests that went out.
func (c *cell) wordOfError(err error, creates int) string {
	c.t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) {
		c.t.Fatalf("got %v (%T), want a *providers.Error", err, err)
	}
	c.fails(err, known.Reason)
	doubt := ""
	if creates > 0 {
		doubt = map[providers.Confirmation]string{providers.ConfirmByLookup: "?", providers.ConfirmAfterLag: "??"}[known.Confirm]
	}
	switch known.Reason {
	case unknown:
		if known.Stage == enlistv1.SendStage_SEND_STAGE_NOT_SENT || creates == 0 {
			c.t.Errorf("unknown at the stage %s after %d create requests", known.Stage, creates)
		}
		return "unknown"
	case enlistv1.ErrorReason_VENDOR_REJECTED:
		if creates > 0 && known.Vendor.GetHttpStatus() >= 500 && (!known.Alive || doubt == "") {
			c.t.Errorf("a refusal with HTTP status %d is final, or counts as a failure of the vendor", known.Vendor.GetHttpStatus())
		}
		return "refused" + doubt
	case enlistv1.ErrorReason_CUSTOMER_EXISTS:
		if creates > 0 {
			return "exists??"
		}
		return "exists"
	case enlistv1.ErrorReason_CUSTOMER_NOT_FOUND:
		return "missing"
	case limited:
		return "limited"
	case unavailable:
		return "unavailable"
	case credentials:
		return "credentials"
	case invalid:
		return "invalid"
	}
	return known.Reason.String()
}

// wordOfFind returns the word for the result of a look-up.
func (c *cell) wordOfFind(candidates []providers.Candidate, err error) string {
	c.t.Helper()
	if err != nil {
		return c.wordOfError(err, 0)
	}
	var words []string
	for _, candidate := range candidates {
		defect := ""
		word := map[providers.Match]string{
			providers.MatchOurs: "ours", providers.MatchUnclear: "unclear", providers.MatchOther: "other",
		}[candidate.Match]
		if candidate.Response.GetCustomer().GetId() == "" || candidate.Response.GetOutcome() == 0 || candidate.Response.GetRequestId() == "" {
			c.t.Errorf("the candidate's response is %v", candidate.Response)
		}
		if chosen := c.request.GetCustomer().GetId(); chosen != "" && candidate.Near && !isChanged(candidate.Response.GetWarnings()) {
			c.t.Errorf("near, with the warnings %v", candidate.Response.GetWarnings())
		}
		if candidate.Match == providers.MatchOurs {
			if len(candidate.Differences) > 0 {
				c.t.Errorf("ours, but for %v", candidate.Differences)
			}
			defect = c.readable(candidate.Response.GetCustomer().GetId())
		}
		words = append(words, word+marks(candidate.Response.GetWarnings())+defect)
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, "+")
}

func (c *cell) create() string { return c.attempt(0).word }

// after looks up what a creation under the fault made, twice.
func (c *cell) after() string {
	want, err := Create(c.t.Context(), c.plain.provider, c.request)
	if err != nil {
		c.t.Fatal(err)
	}
	a := c.attempt(0)
	before := c.records()
	candidates, err := a.creation.FindCustomer(c.t.Context(), a.sent)
	word := c.wordOfFind(candidates, err)
	again, err := a.creation.FindCustomer(c.t.Context(), a.sent)
	if second := c.wordOfFind(again, err); second != word {
		c.t.Errorf("%s, and then %s", word, second)
	}
	if word == "ours" {
		compareAnswers(c.t, candidates[0].Response, want)
		if !cmp.Equal(candidates[0].Response, again[0].Response, protocmp.Transform(), exceptTimes()) {
			c.t.Error("a second look-up finds something else")
		}
	}
	if word == "nothing" {
		if c.made() > 0 && c.fault != slowLookup { // sent again, it would make a second one
			word += "*"
		}
		a.sent.Looked = !a.sent.Looked
		if candidates, err = a.creation.FindCustomer(c.t.Context(), a.sent); len(candidates) > 0 || err != nil {
			c.t.Errorf("with Looked %t: %+v, %v", a.sent.Looked, candidates, err)
		}
	}
	for i, after := range c.records() { // of Sell&Sign's, a look-up adds properties to ours
		if after.Created != before[i].Created || after.Updated != before[i].Updated {
			c.t.Errorf("the look-up has changed %s", after.Key)
		}
	}
	return word
}

// get reads a customer under the fault. What differs from a read without the fault must be warned of.
func (c *cell) get() string {
	id := c.fixture.create(c.request).GetCustomer().GetId()
	read := &enlistv1.GetCustomerRequest{Provider: c.name(), CustomerId: id}
	var want *enlistv1.GetCustomerResponse
	if c.fault != slowLookup {
		want = c.fixture.get(id)
	}
	c.order()
	got, err := c.provider.GetCustomer(c.t.Context(), read)
	if err != nil {
		return c.wordOfError(err, 0)
	}
	word := "read" + marks(got.GetWarnings())
	if diff := cmp.Diff(want, got, protocmp.Transform()); word == "read" && diff != "" {
		c.t.Logf("it differs (-without the fault +with it):\n%s", diff)
		word += "*"
	}
	return word
}

// find looks up, under the fault, what a creation has made whose response was lost.
func (c *cell) find() string {
	creation, sent := c.sendLost(c.request, "drop_after")
	c.order()
	candidates, err := creation.FindCustomer(c.t.Context(), sent)
	return c.wordOfFind(candidates, err)
}

// login creates after a login under the fault.
func (c *cell) login() string {
	before := c.loginCount()
	word := c.attempt(0).word
	return word + "/" + strconv.Itoa(c.loginCount()-before)
}

// update overwrites the caller's own customer.
func (c *cell) update() string {
	c.fixture.create(c.request)
	c.request = settled(c.request)
	c.request.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
	c.request.Customer.Name.FamilyName = "Renamed"
	word := c.attempt(1).word
	if made := c.made(); made != 1 {
		c.t.Errorf("after %s there are %d customers", word, made)
	}
	return word
}

// adopt adopts a customer that does not exist yet.
func (c *cell) adopt() string {
	c.request.OnExisting = enlistv1.OnExisting_ON_EXISTING_ADOPT
	return c.attempt(0).word
}

// adopted adopts another's customer, which must stay as it is.
func (c *cell) adopted() string {
	return c.besideOther(enlistv1.OnExisting_ON_EXISTING_ADOPT)
}

func (c *cell) look() string { return c.attempt(0).word }

// taken creates under the key of another's customer, which must stay as it is.
func (c *cell) taken() string {
	return c.besideOther(enlistv1.OnExisting_ON_EXISTING_FAIL)
}

func (c *cell) besideOther(existing enlistv1.OnExisting) string {
	c.t.Helper()
	c.fixture.create(anothers(c.request))
	c.request.OnExisting = existing
	before := flatJSONText(c.t, c.records())
	a := c.attempt(1)
	if after := flatJSONText(c.t, c.records()); after != before {
		c.t.Logf("another's customer has changed, or there are two now:\n%s\n%s", before, after)
		a.word += "*"
	}
	candidates, err := a.creation.FindCustomer(c.t.Context(), a.sent)
	if err != nil {
		c.wordOfError(err, 0)
	}
	for _, candidate := range candidates {
		if candidate.Match == providers.MatchOurs && !a.sent.Looked {
			c.t.Errorf("after %s another's customer is taken for ours: %v", a.word, candidate.Response)
		}
	}
	return a.word
}

// anothers returns a creation of another customer under the same key.
func anothers(request *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerRequest {
	other := settled(request)
	customer := other.GetCustomer()
	customer.Email = "somebody@example.com"
	if customer.GetName() != nil {
		customer.Name.GivenName, customer.Name.FamilyName = "Ada", "Somebody"
	}
	if customer.GetDisplayName() != "" {
		customer.DisplayName = "Ada Somebody"
	}
	if customer.GetOrganization().GetName() != "" {
		customer.Organization.Name = "Somebody & Co"
	}
	return other
}
