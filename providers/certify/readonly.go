package certify

import (
	"cmp"
	"context"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/pagetoken"
)

// unknownNumber is the id of a customer that does not exist, at a vendor whose ids are numbers.
const unknownNumber = "9000000404404"

// unknownCustomer reads a customer that does not exist.
func (r *run) unknownCustomer(ctx context.Context, c *check) {
	c.id = "404cert" + r.suffix
	_, err := r.get(ctx, c.id)
	if providers.IsReason(err, enlistv1.ErrorReason_INVALID_FIELD) { // the vendor was not asked
		_, err = r.get(ctx, unknownNumber)
	}
	switch {
	case err == nil:
		c.fail("The vendor returns a customer for an id that Enlist made up.")
	case !providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
		c.failWith("The vendor did not say that the customer does not exist", err)
	default:
		r.compareStatus(c, r.recorder.last(c.start, "get", "list"), "not_found")
	}
}

func (r *run) get(ctx context.Context, id string) (*enlistv1.GetCustomerResponse, error) {
	return r.provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: r.description.Name, CustomerId: id, IncludeVendorRecord: true})
}

// existingCustomer reads the operator's customer. The report has no value of it.
func (r *run) existingCustomer(ctx context.Context, c *check) {
	if r.Customer == "" {
		c.skip("No customer is named with --customer.")
		return
	}
	read, err := r.get(ctx, r.Customer)
	if err != nil {
		c.failWith("The customer cannot be read", err)
		return
	}
	r.compareStatus(c, r.recorder.last(c.start, "get", "list"), "read")
	if message := r.facts.record("get"); message != nil { // it may lack what a new customer has
		r.compareObject(c, message, read.GetVendorRecord(), "")
	}
	c.compareWarnings(nil, read.GetWarnings())
}

// list reads the vendor's list of all customers, if reads use one, or the contractors of an unknown
// customer.
func (r *run) list(ctx context.Context, c *check) {
	if why, unsupported := r.description.Unsupported["ListContractors"]; unsupported {
		if listed := r.recorder.last(0, "list"); listed != nil {
			size, _, _ := strings.Cut(listed.ResponseBody, "\n")
			c.note("Each read reads the vendor's list of all customers %s", cmp.Or(size, "(empty)"))
			return
		}
		c.skip("%s", why)
		return
	}
	_, err := r.contractors(ctx, "404cert"+r.suffix, 0, "")
	if !providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		if err == nil {
			c.fail("The contractors of an unknown customer are an empty list, not an error.")
			return
		}
		c.failWith("The contractors of an unknown customer are not refused as such", err)
	}
}

func (r *run) contractors(ctx context.Context, id string, size int32, token string) (*enlistv1.ListContractorsResponse, error) {
	return r.provider.ListContractors(ctx, &enlistv1.ListContractorsRequest{
		Provider: r.description.Name, CustomerId: id, PageSize: size, PageToken: token, IncludeVendorRecord: true,
	})
}

// mostPages is how many pages of one contractor are read.
const mostPages = 20

// paging reads the contractors of a customer at once, one by one, and after the end.
func (r *run) paging(ctx context.Context, c *check) {
	id := r.Customer
	if r.minimal != nil && id == "" {
		id = r.minimal.id
	}
	if why, unsupported := r.description.Unsupported["ListContractors"]; unsupported {
		c.skip("%s", why)
		return
	}
	if _, err := r.contractors(ctx, "404cert"+r.suffix, 1, "not-a-token"); !isAbout(err, "page_token") {
		c.fail("A wrong page token is not refused.")
	}
	if id == "" {
		c.skip("Only a wrong page token could be tried. Name a customer with --customer, or create one with --create.")
		return
	}
	all, err := r.contractors(ctx, id, 1<<30, "")
	if err != nil {
		c.failWith("The contractors cannot be listed", err)
		return
	}
	for _, record := range all.GetVendorRecords() {
		r.compareRecord(c, "contractor", record)
	}
	c.compareWarnings(nil, all.GetWarnings())
	r.onePerPage(ctx, c, id, idsOf(all))
}

// onePerPage reads pages of one contractor, and compares them with the whole list.
func (r *run) onePerPage(ctx context.Context, c *check, id string, all []string) {
	seen := map[string]bool{}
	var single []string
	for token := ""; len(single) < mostPages; {
		page, err := r.contractors(ctx, id, 1, token)
		if err != nil {
			c.failWith("A page of one contractor cannot be read: the vendor may ignore the size or the offset", err)
			return
		}
		for _, found := range idsOf(page) {
			if seen[found] {
				c.fail("A page repeats a contractor of an earlier page: the vendor ignores the offset.")
				return
			}
			seen[found] = true
			single = append(single, found)
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	if len(single) != min(len(all), mostPages) && len(single) != len(all) {
		c.fail("The whole list has %d contractors, and pages of one have %d: the vendor cuts lists short.", len(all), len(single))
		return
	}
	request := &enlistv1.ListContractorsRequest{Provider: r.description.Name, CustomerId: id, PageSize: 1, IncludeVendorRecord: true}
	request.PageToken = pagetoken.Next(request, len(all))
	after, err := r.provider.ListContractors(ctx, request)
	switch {
	case err != nil:
		c.failWith("The page after the last contractor is not empty, but an error", err)
	case len(after.GetContractors()) > 0:
		c.fail("The page after the last contractor is not empty: the vendor ignores the offset.")
	}
	c.note("%d contractor(s).", len(all))
}

func idsOf(page *enlistv1.ListContractorsResponse) []string {
	ids := make([]string, len(page.GetContractors()))
	for i, contractor := range page.GetContractors() {
		ids[i] = contractor.GetId()
	}
	return ids
}
