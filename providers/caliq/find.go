package caliq

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
)

// FindCustomer looks for accounts with just this number. Caliq tells nothing else of them: an account is ours when there was none
// just before the send, and there is one now.
func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	if !c.LooksFirst() {
		return nil, &providers.Error{
			Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
			Message: "Provider " + c.description.Name + " cannot be asked what became of a create: " + c.description.DuplicateSafety.GetExplanation() +
				" Have somebody look for the account at the vendor.",
		}
	}
	found, err := c.find(ctx, c.Key())
	if err != nil {
		return nil, err
	}
	match := providers.MatchUnclear
	if sent.Looked && len(found) == 1 {
		match = providers.MatchOurs
	}
	candidates := make([]providers.Candidate, len(found))
	for i, account := range found {
		candidates[i] = providers.Candidate{Match: match, Response: c.madeAs(account, match)}
	}
	return candidates, nil
}

// madeAs makes the answer to a create that made an account, or, where that is not known and it may be adopted, adopted it.
func (c *creation) madeAs(account *caliqv1.CustomerChange, match providers.Match) *enlistv1.CreateCustomerResponse {
	read := c.read([]*caliqv1.CustomerChange{account}, c.request.GetIncludeVendorRecord())
	if match != providers.MatchOurs && c.request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT {
		return providers.Adopted(c.request, read)
	}
	response := c.answer(&caliqv1.CustomerCreateData{AccountNo: account.GetAccountNo(), AccountId: account.GetId()})
	response.VendorRecord = read.GetVendorRecord()
	return response
}
