package opencell

import (
	"context"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
)

// FindCustomer reads the customer with the code. Its first external reference proves whether it is
// ours. Without a reference, the content decides.
func (c *creation) FindCustomer(ctx context.Context, _ providers.Sent) ([]providers.Candidate, error) {
	if !c.makesCustomer() { // a customer with the code would be another object, and its absence proves nothing
		return nil, &providers.Error{
			Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
			Message: "Provider " + c.description.Name + " offers no look-up of accounts of type " + c.hierarchy.GetCrmAccountType() +
				", only of customers. Check at the vendor whether the account exists.",
		}
	}
	there, err := c.lookUp(ctx, c.Key()) // Opencell returns it for this code, in whatever form
	if providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record := there.GetCustomer()
	candidate := providers.Candidate{
		ContentOnly: !c.bearsOwnReference(record), Near: record.GetCode() != c.Key(),
		Response:  c.createResponse(record.GetCode(), there.body, nil),
		Requested: c.comparable(), Found: customer(record),
	}
	candidate.Match, candidate.Differences = c.match(there)
	if c.adopts() && candidate.ContentOnly {
		candidate.Response = c.adopted(there)
	}
	return []providers.Candidate{candidate}, nil
}

// makesCustomer reports whether the account type creates a customer. The levels of a custom account
// model are not known here.
func (c *creation) makesCustomer() bool {
	return slices.Contains([]string{"S_C", "S_CA", "S_BA", "S_UA", "C", "C_CA", "C_BA", allFour}, c.hierarchy.GetCrmAccountType())
}

// match decides whether this creation made the existing customer.
//
// A strict creation stores the reference that it sends. So a customer with another reference is not
// ours. Neither is one without a reference, unless all other content is equal. A reference from the
// caller proves less, because an earlier request may have sent the same one. An unreadable
// reference proves nothing. An update may have found another request's customer without changing it
// yet, so only the content decides.
func (c *creation) match(there *said) (providers.Match, []string) {
	record := there.GetCustomer()
	sent, held := c.hierarchy.GetExternalRef1(), record.GetExternalRef1()
	isReferenceOdd := there.isOdd("customer.externalRef1")
	anothers := sent != "" && held != "" && held != sent && !isReferenceOdd
	update := c.updates()
	exact := record.GetCode() == c.Key()
	lacksOwn := c.ownReference() != "" && !isReferenceOdd
	switch {
	case c.bearsOwnReference(record):
		return providers.MatchOurs, nil
	case lacksOwn && held != "", exact && anothers && !update:
		return providers.MatchOther, nil
	}
	written, read := c.comparable(), customer(record)
	told, differences := c.description.ByContent(written, read)
	switch {
	case lacksOwn && told == providers.MatchOurs: // all content is equal except the reference, which this server may not return
		return providers.MatchUnclear, differences
	case lacksOwn:
		return providers.MatchOther, differences
	case anothers:
		return providers.MatchUnclear, append(differences, "opencell.external_ref1")
	case exact && !update && len(there.warnings) == 0 && providers.IsDifferentCustomer(written, read):
		return providers.MatchOther, differences
	}
	return told, differences
}

// comparable returns the customer that the request would write, as Opencell returns it.
func (c *creation) comparable() *enlistv1.Customer {
	written := c.created(c.Key())
	written.DisplayName = c.hierarchy.GetDescription() // the name of a company, if there is no person's name
	return written
}

// ownReference returns our own reference, the request_id, if this creation sends it. No other
// client sends it. An update sends none.
func (c *creation) ownReference() string {
	sent := c.hierarchy.GetExternalRef1()
	if c.updates() || sent != c.request.GetRequestId() {
		return ""
	}
	return sent
}

// bearsOwnReference reports whether a record has our own reference.
func (c *creation) bearsOwnReference(record *opencellv1.CustomerRecord) bool {
	return match.Keys(c.ownReference(), record.GetExternalRef1()) != match.Different
}
