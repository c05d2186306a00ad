package once

import (
	"context"
	"errors"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// candidate is a customer that a look-up found.
type candidate struct {
	providers.Candidate
	// differences are the fields in which it differs from the request.
	differences []providers.Difference
	// isDoubtful: another operation may have made it, according to the journal.
	isDoubtful bool
}

func (c *candidate) id() string { return c.Response.GetCustomer().GetId() }

// Candidate is a customer at the vendor that a creation may have created.
type Candidate struct {
	// Customer as the vendor returns it.
	Customer *enlistv1.Customer
	// Match says whether the creation created it.
	Match providers.Match
	// Differences are the fields in which it differs from the request.
	Differences []providers.Difference
	// Claim is the record of another creation that made or adopted it; nil if the journal has none.
	Claim *journal.Record
}

// Candidates looks at the vendor now for the customers that a creation may have created. It changes
// nothing, neither at the vendor nor in the journal. It fails if there can be no look-up.
func (s *Service) Candidates(ctx context.Context, record *journal.Record) ([]Candidate, error) {
	s = s.configured()
	ctx, cancel := callerContext(ctx)
	defer cancel()
	switch {
	case record.State == erased:
		return nil, operationErased()
	case record.PayloadDropped:
		return nil, invalid("include_candidates", "cannot be set: Enlist no longer has the request (payload_retention). Read the customer with GetCustomer")
	case s.providers[record.Provider] == nil:
		return nil, notLookedUp(record.Provider)
	}
	var creation providers.Creation
	found, err := s.lookUp(ctx, record, &creation, &tries{}, true)
	switch {
	case errors.Is(err, errNoLookup):
		return nil, invalid("include_candidates", "cannot be set: the settings of provider "+record.Provider+
			" no longer accept the request, so Enlist cannot look the customer up. Check at the vendor")
	case err != nil:
		return nil, err
	}
	claims, err := s.journal.FindClaims(ctx, record.Provider, record.Payload.GetExclusiveKey())
	if err != nil {
		return nil, journalUnreadable(err)
	}
	candidates := make([]Candidate, len(found))
	for i, one := range found {
		candidates[i] = Candidate{Customer: one.Found, Match: one.Match, Differences: one.differences}
		if candidates[i].Claim, err = s.claimOf(ctx, record, claims, one.id()); err != nil {
			return nil, err
		}
	}
	return candidates, nil
}

// notLookedUp is the error of a look at a provider that was removed from the configuration.
func notLookedUp(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED,
		Message: "Provider " + provider + " was removed from the configuration, so Enlist cannot look the customer up. " +
			"Check at the vendor, or omit include_candidates.",
	}
}
