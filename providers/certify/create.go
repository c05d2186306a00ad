package certify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/rules"
)

// customer is a test customer that was created.
type customer struct {
	request *enlistv1.CreateCustomerRequest
	written *enlistv1.Customer // what it should be at the vendor
	held    *enlistv1.Customer // what the last read returned
	id      string
	created time.Time
	entry   *Customer
	dead    bool // it cannot be read
}

// creating returns the checks with test customers.
func (r *run) creating() []named {
	return []named{
		{"create-minimal", "A customer with the required fields is created", func(ctx context.Context, c *check) {
			r.minimal = r.createAnd(ctx, c, nil)
		}},
		{"read-minimal", "It can be read, with each field", r.reading(&r.minimal)},
		{"list", "A list can be read", r.list},
		{"paging", "Pages are complete, and a wrong page token is refused", r.paging},
		{"create-full", "A customer with every field is created", func(ctx context.Context, c *check) {
			r.whole = r.createFull(ctx, c)
		}},
		{"read-full", "It can be read, with each field", r.reading(&r.whole)},
		{"longest", "The longest values are accepted, and come back", r.createLongest},
		{"special-characters", "Special characters are accepted, and come back", r.createSpecial},
		{"duplicate", "A second creation of a customer is refused, and changes nothing", r.duplicate},
		{"unknown-code", "An unknown code is refused", r.unknownCode},
		{"update", "An update changes a customer, and keeps what it does not set", r.update},
		{"adopt", "An adoption returns the customer, and changes nothing", r.adopt},
		{"lookup-lag", "lookup_lag is long enough for new customers to become visible", r.checkLag},
		{"export", "The vendor exports a customer", r.export},
		{"erase", "The vendor erases the test customers", r.erase},
	}
}

// prepare makes a creation. It returns an error if the contract or the adapter refuses the request.
// It sends nothing.
func (r *run) prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	found := rules.Inspect(request)
	if broken := slices.Concat(rules.Check(request), found.Text, found.Impossible); len(broken) > 0 {
		return nil, providers.Invalid(broken...)
	}
	return r.provider.Prepare(request)
}

// fits returns the error of prepare alone.
func (r *run) fits(request *enlistv1.CreateCustomerRequest) error {
	_, err := r.prepare(request)
	return err
}

// createAnd creates a customer with some values besides the required ones. It returns nil if there
// is none.
func (r *run) createAnd(ctx context.Context, c *check, values []value) *customer {
	made, err := r.create(ctx, c, r.newRequest(values...))
	if err != nil {
		r.blame(ctx, c, values, err)
	}
	return made
}

// createFull creates a customer with every field.
func (r *run) createFull(ctx context.Context, c *check) *customer {
	values := r.full()
	request := r.newRequest(values...)
	r.addOptions(request)
	r.noteUntried(request)
	made, err := r.create(ctx, c, request)
	if err != nil {
		r.blame(ctx, c, values, err)
	}
	return made
}

// create sends a creation, once. An error is a refusal that created nothing. If the outcome is
// unknown, or the refused customer exists, the check fails, and create returns the customer if a
// look-up finds it.
func (r *run) create(ctx context.Context, c *check, request *enlistv1.CreateCustomerRequest) (*customer, error) {
	creation, err := r.prepare(request)
	if err != nil {
		c.failWith("Enlist cannot make the request. Set the field with --request", err)
		return nil, nil //nolint:nilnil // the check has failed
	}
	if r.unresolved {
		c.skip("An earlier creation has an unknown outcome, so Enlist creates no other customer.")
		return nil, nil //nolint:nilnil // the check is skipped
	}
	c.id = request.GetCustomer().GetId()
	made := &customer{request: request, written: request.GetCustomer(), created: time.Now(), entry: r.track(request)}
	began := time.Now()
	response, err := creation.CreateCustomer(ctx)
	made.created = time.Now()
	if err == nil {
		r.created(c, made, response)
		return made, nil
	}
	return r.afterFailure(ctx, c, creation, made, began, err)
}

// track lists a customer that may exist from now on.
func (r *run) track(request *enlistv1.CreateCustomerRequest) *Customer {
	entry := &Customer{ID: request.GetCustomer().GetId(), Email: request.GetCustomer().GetEmail(), State: mayExist}
	r.report.Customers = append(r.report.Customers, entry)
	return entry
}

// untrack removes a customer that the vendor did not create.
func (r *run) untrack(entry *Customer) {
	r.report.Customers = slices.DeleteFunc(r.report.Customers, func(other *Customer) bool { return other == entry })
}

// isKnown reports whether an earlier creation has the same id. Any other id is new.
func (r *run) isKnown(entry *Customer) bool {
	return slices.ContainsFunc(r.report.Customers, func(other *Customer) bool {
		return other != entry && other.ID != "" && other.ID == entry.ID
	})
}

// created compares the response to a creation.
func (r *run) created(c *check, made *customer, response *enlistv1.CreateCustomerResponse) {
	made.entry.VendorIDs, made.entry.State = response.GetCustomer().GetVendorIds(), stays
	r.takeID(c, made, made.request.GetCustomer().GetId(), response.GetCustomer(), "in the response to the creation")
	if outcome := response.GetOutcome(); outcome != enlistv1.Outcome_OUTCOME_CREATED && made.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_FAIL {
		c.differ(Difference{Kind: Behaviour, Member: "outcome", Held: outcome.String(), Note: "The response does not prove that the customer is new."})
	}
	r.compareStatus(c, r.recorder.last(c.start, "create"), "created")
	r.compareRecord(c, "create", response.GetVendorRecord())
	c.compareWarnings(made.request, response.GetWarnings())
	for _, fate := range response.GetFields() {
		if fate.GetFate() == enlistv1.Fate_FATE_DROPPED {
			c.fail("%s was not stored: %s", fate.GetPath(), fate.GetNote())
		}
	}
	if response.GetCustomer().GetSource() == enlistv1.RecordSource_RECORD_SOURCE_VENDOR {
		r.compareCustomer(c, made.written, response.GetCustomer(), "in the response to the creation")
	}
}

// afterFailure looks up a customer whose creation failed.
func (r *run) afterFailure(
	ctx context.Context, c *check, creation providers.Creation, made *customer, began time.Time, failure error,
) (*customer, error) {
	unknown := true
	if known := (*providers.Error)(nil); errors.As(failure, &known) {
		unknown = known.Reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN || known.Stage == enlistv1.SendStage_SEND_STAGE_SENT
	}
	if unknown {
		c.failWith("The outcome of the creation is unknown. Nothing was sent again", failure)
	}
	if r.isKnown(made.entry) { // a look-up would find the earlier customer
		r.untrack(made.entry)
		if unknown {
			return nil, nil //nolint:nilnil // the check has failed
		}
		return nil, failure
	}
	wait := time.Duration(0)
	if unknown {
		wait = min(r.Wait, r.lookupLag())
	}
	held, err := r.lookUp(ctx, creation, made.request.GetCustomer().GetId(), began, wait)
	switch {
	case held != nil:
		if !unknown {
			c.failWith("The vendor refused the creation, and the customer exists. The vendor created it, or a proxy sent the request twice", failure)
		}
		made.entry.VendorIDs, made.entry.State = held.GetVendorIds(), stays
		r.takeID(c, made, made.request.GetCustomer().GetId(), held, "when it is looked up")
		c.note("A look-up found the customer. It stays.")
		return made, nil
	case err != nil || unknown:
		c.note("A look-up did not find the customer, so it may exist or not.")
		if !unknown { // a look-up that fails says nothing against the refusal
			r.untrack(made.entry)
			return nil, failure
		}
		r.unresolved = true
		return nil, nil //nolint:nilnil // the check has failed
	}
	r.untrack(made.entry)
	return nil, failure
}

// takeID compares an id of the vendor with the expected one, and uses it from now on. An id that is
// another one in a record without the marker may be another customer's, and is not used.
func (r *run) takeID(c *check, made *customer, expected string, held *enlistv1.Customer, where string) {
	r.compareID(c, expected, held.GetId(), where)
	if expected != "" && match.Keys(expected, held.GetId()) == match.Different && !r.isMarked(held) {
		c.fail("The record %s may be another customer's: it has another id, and no marker.", where)
		made.id = expected
	} else {
		made.id = held.GetId()
	}
	made.entry.ID = made.id
}

// isMarked reports whether a customer has the marker, in any case.
func (r *run) isMarked(held *enlistv1.Customer) bool {
	return strings.Contains(strings.ToLower(held.String()), strings.ToLower(r.Marker))
}

// lookUp looks a creation up until it is found, or the wait is over. It returns nil if there is no
// customer that the creation made.
func (r *run) lookUp(ctx context.Context, creation providers.Creation, id string, began time.Time, wait time.Duration) (*enlistv1.Customer, error) {
	end := time.Now().Add(wait)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		found, err := creation.FindCustomer(ctx, providers.Sent{Since: began, ReadOnly: true})
		for _, one := range found {
			if one.Match == providers.MatchOurs || one.Match == providers.MatchUnclear && r.isNew(id, one.Found.GetId()) {
				return one.Found, err
			}
		}
		if err != nil && !isTemporary(err) || !time.Now().Add(pause).Before(end) {
			return nil, err
		}
		sleep(ctx, pause)
	}
}

// isNew reports whether an id that a look-up finds can only be that of a new test customer: it is a
// form of the requested id, which no other customer has, or the vendor chose one that no earlier
// test customer has.
func (r *run) isNew(requested, held string) bool {
	if requested == "" {
		return !slices.ContainsFunc(r.report.Customers, func(made *Customer) bool { return made.ID == held })
	}
	return match.Keys(requested, held) != match.Different || len(held) >= r.idLength() && strings.HasPrefix(requested, held)
}

const (
	firstPause   = 50 * time.Millisecond
	longestPause = time.Second
)

func sleep(ctx context.Context, pause time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}

func isTemporary(err error) bool {
	var known *providers.Error
	return errors.As(err, &known) && known.RetryAfter > 0
}

// createLongest creates a customer with the longest values. A vendor may refuse a length that it
// does not document. That is a difference, and Enlist creates the customer without that value.
func (r *run) createLongest(ctx context.Context, c *check) {
	if r.minimal == nil {
		c.skip("Not even a customer with the required fields was created.")
		return
	}
	values := r.longest()
	for ctx.Err() == nil {
		made, err := r.create(ctx, c, r.newRequest(values...))
		if err == nil {
			if made != nil {
				r.read(ctx, c, made)
			}
			return
		}
		bad := r.culprit(ctx, values, err)
		if bad < 0 || r.limitOf(values[bad].path) > 0 {
			r.blame(ctx, c, values, err)
			return
		}
		c.differ(Difference{Kind: Limit, Field: values[bad].path, Note: fmt.Sprintf(
			"The vendor refuses %d characters, and documents no limit. It said: %s", utf8.RuneCountInString(r.unique(values[bad].text)), r.explain(err))})
		values = slices.Delete(values, bad, bad+1)
	}
}

// limitOf returns the length that the vendor documents for a field, or 0.
func (r *run) limitOf(path string) int {
	at := slices.IndexFunc(r.places, func(place place) bool { return place.path == path })
	if at < 0 {
		return 0
	}
	return r.places[at].limit
}

// blame fails a check whose creation was refused, and names the field. If the refusal does not name
// it, requests with fewer of the values find it: each either creates another test customer, or
// creates nothing.
func (r *run) blame(ctx context.Context, c *check, values []value, refusal error) {
	c.failWith("The vendor refused the customer", refusal)
	bad := r.culprit(ctx, values, refusal)
	if bad < 0 {
		if len(values) > 0 && providers.IsReason(refusal, enlistv1.ErrorReason_VENDOR_REJECTED) {
			c.note("The vendor accepts the values in another request. It may refuse one of its options.")
		}
		return
	}
	text := r.unique(values[bad].text)
	c.fail("The vendor refuses the value of %s (%d characters).", values[bad].path, utf8.RuneCountInString(text))
	c.differ(Difference{Kind: Limit, Field: values[bad].path, Sent: text, Note: "The vendor refuses this value."})
}

// culprit returns the place of the first value that the vendor refuses, or -1.
func (r *run) culprit(ctx context.Context, values []value, refusal error) int {
	if at := slices.IndexFunc(values, func(value value) bool { return isAbout(refusal, value.path) }); at >= 0 || len(values) == 0 {
		return at
	}
	if !providers.IsReason(refusal, enlistv1.ErrorReason_VENDOR_REJECTED) { // it is not about a value
		return -1
	}
	silent := &check{Check: &Check{}, run: r, start: r.recorder.count()}
	refused := func(count int) bool {
		_, err := r.create(ctx, silent, r.newRequest(values[:count]...))
		return err != nil
	}
	if ctx.Err() != nil || !refused(len(values)) {
		return -1
	}
	accepted, bad := 0, len(values)
	for bad-accepted > 1 && ctx.Err() == nil {
		if middle := (accepted + bad) / 2; refused(middle) {
			bad = middle
		} else {
			accepted = middle
		}
	}
	if bad == 1 && refused(0) {
		return -1
	}
	return bad - 1
}

// reading returns a check that reads a customer.
func (r *run) reading(made **customer) func(context.Context, *check) {
	return func(ctx context.Context, c *check) {
		if *made == nil {
			c.skip("The customer was not created.")
			return
		}
		r.read(ctx, c, *made)
	}
}

// createSpecial creates and reads a customer with special characters.
func (r *run) createSpecial(ctx context.Context, c *check) {
	if r.minimal == nil {
		c.skip("Not even a customer with the required fields was created.")
		return
	}
	if made := r.createAnd(ctx, c, r.special()); made != nil {
		r.read(ctx, c, made)
	}
}

// read reads a customer until it is visible, and compares each field.
func (r *run) read(ctx context.Context, c *check, made *customer) {
	if made.dead {
		c.skip("The customer cannot be read.")
		return
	}
	c.id = made.id
	read, err := r.await(ctx, made)
	if err != nil {
		if ctx.Err() == nil {
			made.dead = true
			c.failWith(fmt.Sprintf("The customer cannot be read, %s after its creation", time.Since(made.created).Round(time.Millisecond)), err)
		}
		return
	}
	r.compareStatus(c, r.recorder.last(c.start, "get", "list"), "read")
	r.compareRecord(c, "get", read.GetVendorRecord())
	c.compareWarnings(made.request, read.GetWarnings())
	r.takeID(c, made, made.id, read.GetCustomer(), "when it is read")
	for name, id := range read.GetCustomer().GetVendorIds() {
		if first := made.entry.VendorIDs[name]; first != "" && match.Keys(first, id) == match.Different {
			c.fail("The vendor's own id %s is another one than after the creation.", name)
		}
	}
	made.held = read.GetCustomer()
	r.compareCustomer(c, made.written, read.GetCustomer(), "when it is read")
	r.compareOptions(c, made.request, read.GetVendorRecord())
}

// await reads a customer until the vendor shows it, and measures how long that takes.
func (r *run) await(ctx context.Context, made *customer) (*enlistv1.GetCustomerResponse, error) {
	end, hidden := made.created.Add(r.Wait), false
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		asked := time.Now()
		read, err := r.get(ctx, made.id)
		if err == nil {
			if made.entry.State == stays && r.lags < maxLags {
				r.lags++
				if hidden {
					r.lag = max(r.lag, asked.Sub(made.created))
				}
			}
			return read, nil
		}
		if !providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) || ctx.Err() != nil || time.Now().Add(pause).After(end) {
			return nil, err
		}
		hidden = true
		sleep(ctx, pause)
	}
}

// maxLags bounds the customers whose lag counts.
const maxLags = 100

// another returns a second creation of the customer with other content.
func (r *run) another(made *customer, onExisting enlistv1.OnExisting) *enlistv1.CreateCustomerRequest {
	request := r.newRequest()
	request.Customer = proto.CloneOf(made.request.GetCustomer())
	request.VendorOptions = proto.CloneOf(made.request).GetVendorOptions()
	request.OnExisting = onExisting
	if made.request.GetCustomer().GetId() != "" {
		request.Customer.Id = made.id
	}
	for _, place := range r.places {
		switch place.path {
		case "customer.name.family_name", "customer.display_name", "customer.billing_address.city":
			if !r.isGiven(place.path) {
				_ = assign(request, place.path, cut(otherContent+" "+r.Marker, place.most()))
			}
		}
	}
	return request
}

// otherContent begins each value by which a second creation differs from the first.
const otherContent = "Changed"
