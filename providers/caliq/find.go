package caliq

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
)

// FindCustomer looks for accounts with this number. Caliq tells nothing else of them: an account is ours if there was none just before
// the send, and there is one now. One whose number is only nearly equal may be ours in Caliq's own form, or somebody else's.
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
	for _, account := range found.exact {
		candidates = append(candidates, providers.Candidate{Match: told, Response: c.madeAs(account, told)})
	}
	for _, account := range found.near {
		candidates = append(candidates, providers.Candidate{
			Match: providers.MatchUnclear, Near: true, Response: c.madeAs(account, providers.MatchUnclear),
		})
	}
	return candidates, nil
}

// madeAs makes the answer to a create that made an account, or, where that is not known and it may be adopted, adopted it.
func (c *creation) madeAs(account *caliqv1.CustomerChange, told providers.Match) *enlistv1.CreateCustomerResponse {
	read := c.read([]*caliqv1.CustomerChange{account}, c.request.GetIncludeVendorRecord())
	if told != providers.MatchOurs && c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT {
		return providers.Adopted(c.request, read)
	}
	response := c.answer(&caliqv1.CustomerCreateData{AccountNo: account.GetAccountNo(), AccountId: account.GetId()})
	response.VendorRecord, response.Warnings = read.GetVendorRecord(), providers.IDChanged(c.Key(), account.GetAccountNo())
	return response
}
