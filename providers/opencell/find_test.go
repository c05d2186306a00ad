package opencell_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const requestID = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"

// held is an Opencell's record of a customer.
func held(code, reference, family string) string {
	return fmt.Sprintf(`{"actionStatus":{"status":"SUCCESS"},"customer":{"code":%q,"externalRef1":%q,"name":{"firstName":"John","lastName":%q},
		"contactInformation":{"email":"a@example.com"}}}`, code, reference, family)
}

// The reference proves whose a customer is; without one the content must do.
func TestFindTellsOurs(t *testing.T) {
	const fail, adopt, update = enlistv1.OnExisting_ON_EXISTING_FAIL, enlistv1.OnExisting_ON_EXISTING_ADOPT, enlistv1.OnExisting_ON_EXISTING_UPDATE
	const created, adopted, either = enlistv1.Outcome_OUTCOME_CREATED, enlistv1.Outcome_OUTCOME_ADOPTED, enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	for name, test := range map[string]struct {
		existing    enlistv1.OnExisting
		reference   string // the caller's
		record      string
		match       providers.Match
		outcome     enlistv1.Outcome
		differences []string
	}{
		"our reference, other content":   {fail, "", held("C", requestID, "Renamed"), providers.MatchOurs, created, nil},
		"our reference, adopting":        {adopt, "", held("C", requestID, "Renamed"), providers.MatchOurs, created, nil},
		"another's reference":            {fail, "", held("C", "else", "Smith"), providers.MatchOther, created, nil},
		"another's reference, adopting":  {adopt, "", held("C", "else", "Smith"), providers.MatchOther, adopted, nil},
		"no reference":                   {fail, "", held("C", "", "Smith"), providers.MatchOurs, created, nil},
		"no reference, other content":    {fail, "", held("C", "", "Else"), providers.MatchUnclear, created, []string{"customer.name.family_name"}},
		"no reference, adopting":         {adopt, "", held("C", "", "Smith"), providers.MatchOurs, adopted, nil},
		"another spelling":               {fail, "", held("c", "", "Smith"), providers.MatchUnclear, created, []string{"customer.id"}},
		"the caller's reference":         {fail, "REF", held("C", "REF", "Smith"), providers.MatchOurs, created, nil},
		"the caller's, other content":    {fail, "REF", held("C", "REF", "Else"), providers.MatchUnclear, created, []string{"customer.name.family_name"}},
		"not the caller's":               {fail, "REF", held("C", requestID, "Smith"), providers.MatchOther, created, nil},
		"updated":                        {update, "", held("C", "else", "Smith"), providers.MatchOurs, either, nil},
		"not updated":                    {update, "", held("C", requestID, "Else"), providers.MatchUnclear, either, []string{"customer.name.family_name"}},
		"updated, but for the reference": {update, "REF", held("C", "else", "Smith"), providers.MatchUnclear, either, []string{"opencell.external_ref1"}},
	} {
		t.Run(name, func(t *testing.T) {
			create := request(t, `{"requestId":"`+requestID+`","customer":{"id":"C","email":"a@example.com","name":{"givenName":"John","familyName":"Smith"},
				"billingAddress":{"countryCode":"FR"}}}`)
			create.OnExisting = test.existing
			create.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{ExternalRef1: test.reference}}
			creation, err := vendor(t, text(200, test.record), nil).Prepare(create)
			if err != nil {
				t.Fatal(err)
			}
			found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: time.Now()})
			if err != nil || len(found) != 1 || found[0].Match != test.match || !slices.Equal(found[0].Differences, test.differences) ||
				found[0].Response.GetOutcome() != test.outcome {
				t.Errorf("found %+v, %v", found, err)
			}
		})
	}
}

// What is not a customer is not looked for as one: that none is there would say nothing.
func TestFindOtherAccounts(t *testing.T) {
	for _, kind := range []string{"S", "CA", "BA_UA", "OWN_MODEL"} {
		create := request(t, `{"requestId":"`+requestID+`","customer":{"id":"C"},"opencell":{"crmAccountType":"`+kind+`"}}`)
		creation, err := vendor(t, text(404, absent), nil).Prepare(create)
		if err != nil {
			t.Fatal(err)
		}
		found, err := creation.FindCustomer(t.Context(), providers.Sent{})
		if fails(t, err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED); found != nil {
			t.Errorf("found %+v", found)
		}
	}
}

// An observer sees no secret of a record, though nobody here has sent it.
func TestObservedRecordWithoutSecrets(t *testing.T) {
	record := `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"C","paymentMethods":[{"tokenId":"tok-1","bankCoordinates":{"iban":"FR76-1","bic":"B"}}]}}`
	provider := vendor(t, text(200, record), nil)
	var seen []string
	ctx := providers.WithObserver(t.Context(), &providers.Observer{Exchanged: func(exchange *providers.Exchange) {
		seen = append(seen, exchange.ResponseBody)
	}})
	if _, err := provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{CustomerId: "C"}); err != nil {
		t.Error(err)
	}
	want := []string{`{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"C","paymentMethods":[{"tokenId":"$REDACTED","bankCoordinates":{"iban":"$REDACTED","bic":"B"}}]}}`}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
}
