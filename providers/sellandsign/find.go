package sellandsign

import (
	"context"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers"
)

// FindCustomer reads the customer with the number. If the creation made it, FindCustomer also sets
// its free properties, because the creation may have ended before that.
func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	record, err := c.lookUp(ctx, c.Key(), func(record *storedCustomer) bool { return record.GetActorId() != 0 }) // the number is equal or nearly equal
	if providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	candidate := providers.Candidate{
		ContentOnly: !sent.Looked, Near: record.near, Requested: c.planned(c.fates), Found: customer(record.Customer),
	}
	candidate.Match, candidate.Differences = c.match(record.Customer, sent)
	adopting := c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT
	switch {
	case candidate.Match == providers.MatchOurs && !sent.ReadOnly:
		candidate.Response = c.complete(ctx, record, c.outcome(), c.fatesWith(record.GetCustomerCode()))
	case candidate.Match != providers.MatchOurs && adopting:
		if candidate.Response, err = c.adopt(ctx, record); err != nil {
			return nil, err
		}
	default:
		candidate.Response = c.createResponse(record, c.outcome(), c.fatesWith(record.GetCustomerCode()))
	}
	return []providers.Candidate{candidate}, nil
}

// match decides whether the creation made a record's customer. An update may have found an older
// customer, so only the content counts.
func (c *creation) match(record *sellandsignv1.Customer, sent providers.Sent) (providers.Match, []string) {
	planned, read := c.planned(c.fates), customer(record)
	if c.updates() {
		return c.description.ByContent(planned, read)
	}
	return c.description.ByTimeAndContent(sent, planned, read)
}

func (c *creation) updates() bool {
	return c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE
}

// outcome returns the known outcome of a creation whose response was lost.
func (c *creation) outcome() enlistv1.Outcome {
	if c.updates() {
		return enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	}
	return enlistv1.Outcome_OUTCOME_CREATED
}

// fatesWith returns the fates if Enlist sends the given customer code. An update keeps an existing
// code, so Enlist sends neither the number nor the setting's default as the code.
func (c *creation) fatesWith(code string) []*enlistv1.FieldFate {
	return slices.DeleteFunc(slices.Clone(c.fates), func(fate *enlistv1.FieldFate) bool {
		return isNumberAsCode(fate) && code != c.Key() || isDefaultCode(fate) && code != c.parameters.GetCustomerCode()
	})
}
