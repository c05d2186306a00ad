package valomnia

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// FindCustomer reads the customer with the reference. It never uses Valomnia's number, because a
// create request cannot choose it.
func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	there, err := c.lookUp(ctx, c.Key(), func(held string) bool { return held != "" }) // Valomnia returns it for this reference, in whatever form
	if providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	candidate := providers.Candidate{
		ContentOnly: !sent.Looked, Near: there.GetReference() != c.Key(), Response: c.createResponse(there),
		Requested: c.comparable(), Found: customer(there.CustomerRecord),
	}
	candidate.Match, candidate.Differences = c.match(there, sent)
	if c.LooksFirst() && candidate.Match != providers.MatchOurs {
		candidate.Response = c.adopted(there)
	}
	return []providers.Candidate{candidate}, nil
}

// match decides whether this creation made a customer. Valomnia creates no customer with a
// reference in use. So a customer that has no equal content belongs to another request, too.
func (c *creation) match(there *said, sent providers.Sent) (providers.Match, []string) {
	written, read := c.comparable(), customer(there.CustomerRecord)
	told, differences := c.description.ByTimeAndContent(sent, written, read)
	if told == providers.MatchUnclear && there.isReadable && read.GetId() == c.Key() && providers.IsDifferentCustomer(written, read) {
		told = providers.MatchOther
	}
	return told, differences
}

// comparable returns the customer that the request would write, as Valomnia returns it.
func (c *creation) comparable() *enlistv1.Customer {
	written := planned(c.request, c.form, c.fates)
	written.DisplayName = c.form.GetName() // the one name that Valomnia stores
	return written
}
