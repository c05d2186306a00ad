package caliq

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
)

// FindCustomer looks up the accounts with this number. Caliq returns no other content of them. An
// account is ours if there was none just before the send and there is one now. An account with a
// nearly equal number may be ours in Caliq's own form, or belong to another request.
func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	if !c.LooksFirst() {
		return nil, &providers.Error{
			Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
			Message: "Provider " + c.description.Name + " offers no look-up of a creation: " + c.description.DuplicateSafety.GetExplanation() +
				" Check at the vendor whether the account exists.",
		}
	}
	found, err := c.find(ctx, c.Key())
	if err != nil {
		return nil, err
	}
	told := providers.MatchUnclear
	if sent.Looked && len(found.exact) == 1 {
		told = providers.MatchOurs
	}
	var candidates []providers.Candidate
	for _, there := range found.exact {
		candidates = append(candidates, c.candidate(there, told))
	}
	for _, there := range found.near {
		candidate := c.candidate(there, providers.MatchUnclear)
		candidate.Near = true
		candidates = append(candidates, candidate)
	}
	return candidates, nil
}

// candidate returns a candidate for an account.
func (c *creation) candidate(there account, told providers.Match) providers.Candidate {
	return providers.Candidate{
		Match: told, Response: c.madeAs(there, told),
		Requested: written(c.request, c.fates, &caliqv1.CustomerCreateData{AccountNo: c.Key()}),
		Found:     c.read([]account{there}, false).GetCustomer(),
	}
}

// madeAs returns the response to a creation of an account. If the match is unclear and the request
// may adopt, it returns the response to an adoption.
func (c *creation) madeAs(there account, told providers.Match) *enlistv1.CreateCustomerResponse {
	read := c.read([]account{there}, c.request.GetIncludeVendorRecord())
	if told != providers.MatchOurs && c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT {
		return providers.Adopted(c.request, read)
	}
	response := c.createResponse(&caliqv1.CustomerCreateData{AccountNo: there.GetAccountNo(), AccountId: there.GetId()})
	response.VendorRecord = read.GetVendorRecord()
	response.Warnings = append(read.GetWarnings(), providers.IDChanged(c.Key(), there.GetAccountNo())...)
	return response
}
