package providertest

import (
	"strconv"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// create creates under the fault.
func (c *cell) create() string { return c.attempt(0).word }

// after looks up, twice, what a creation under the fault made.
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
		if c.made() > 0 && c.fault != slowLookup { // another attempt would create a second one
			word += "*"
		}
		a.sent.Looked = !a.sent.Looked
		if candidates, err = a.creation.FindCustomer(c.t.Context(), a.sent); len(candidates) > 0 || err != nil {
			c.t.Errorf("with Looked %t: %+v, %v", a.sent.Looked, candidates, err)
		}
	}
	for i, after := range c.records() { // at Sell&Sign, a look-up adds properties to our customer
		if after.Created != before[i].Created || after.Updated != before[i].Updated {
			c.t.Errorf("the look-up has changed %s", after.Key)
		}
	}
	return word
}

// get reads a customer under the fault. A warning must name what differs from a read without the
// fault.
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

// find looks up, under the fault, what a creation with a lost response made.
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

// adopted adopts another caller's customer, which must not change.
func (c *cell) adopted() string {
	return c.besideOther(enlistv1.OnExisting_ON_EXISTING_ADOPT)
}

// look creates after a look-up under the fault.
func (c *cell) look() string { return c.attempt(0).word }

// taken creates under the key of another caller's customer, which must not change.
func (c *cell) taken() string {
	return c.besideOther(enlistv1.OnExisting_ON_EXISTING_FAIL)
}

// besideOther creates under the key of another caller's customer, which must not change and is not
// ours.
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

// anothers returns a creation of another customer with the same key.
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
