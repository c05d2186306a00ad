package opencell

import (
	"context"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers"
)

// FindCustomer reads the customer with the code. Its first external reference proves whose it is; without one its content must do.
func (c *creation) FindCustomer(ctx context.Context, _ providers.Sent) ([]providers.Candidate, error) {
	if !c.makesCustomer() { // a customer with the code is another thing, and none says nothing
		return nil, &providers.Error{
			Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
			Message: "Provider " + c.description.Name + " cannot be asked for accounts of the type " + c.hierarchy.GetCrmAccountType() +
				", only for customers. Have somebody look at the vendor.",
		}
	}
	record, body, err := c.read(ctx, c.hierarchy.GetCode())
	if providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	match, differences := c.match(record)
	candidate := providers.Candidate{Match: match, Differences: differences}
	candidate.Alike = !c.bearsRequestID(record)
	if c.LooksFirst() && candidate.Alike {
		candidate.Response = providers.Adopted(c.request, answer(record, body, c.request.GetIncludeVendorRecord()))
	} else {
		candidate.Response = c.answer(body)
	}
	return []providers.Candidate{candidate}, nil
}

// makesCustomer reports whether the account type has a customer among what it makes. What a model of the server's own makes is not
// known here.
func (c *creation) makesCustomer() bool {
	return slices.Contains([]string{"S_C", "S_CA", "S_BA", "S_UA", "C", "C_CA", "C_BA", allFour}, c.hierarchy.GetCrmAccountType())
}

// match tells whether a record is what the create made. Where the reference is the caller's, an earlier create may have sent the same
// one. An update may have found another's customer and not changed it yet, so it is told by content alone.
func (c *creation) match(record *opencellv1.CustomerRecord) (providers.Match, []string) {
	sent, held := c.hierarchy.GetExternalRef1(), record.GetExternalRef1()
	anothers := sent != "" && held != "" && held != sent
	update := c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE
	switch {
	case c.bearsRequestID(record):
		return providers.MatchOurs, nil
	case anothers && !update:
		return providers.MatchOther, nil
	}
	written := created(c.request, c.hierarchy, c.fates)
	written.DisplayName = c.hierarchy.GetDescription() // a company's name, where there is none
	match, differences := c.description.ByContent(written, customer(record))
	if anothers {
		match, differences = providers.MatchUnclear, append(differences, "opencell.external_ref1")
	}
	return match, differences
}

// bearsRequestID reports whether a record has our own reference, which nobody else sends. An update sends none.
func (c *creation) bearsRequestID(record *opencellv1.CustomerRecord) bool {
	sent := c.hierarchy.GetExternalRef1()
	return c.request.GetOnExisting() != enlistv1.OnExisting_ON_EXISTING_UPDATE &&
		sent != "" && sent == c.request.GetRequestId() && sent == record.GetExternalRef1()
}
