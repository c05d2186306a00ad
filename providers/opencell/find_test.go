package opencell_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

const requestID = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"

// held returns Opencell's record of a customer.
func held(code, reference, family string) string {
	return fmt.Sprintf(`{"actionStatus":{"status":"SUCCESS"},"customer":{"code":%q,"externalRef1":%q,"name":{"firstName":"John","lastName":%q},
		"contactInformation":{"email":"a@example.com"}}}`, code, reference, family)
}

// The reference proves whose customer it is. If the request sends no reference of our own, the
// content decides.
func TestFindTellsOurs(t *testing.T) {
	const fail, adopt, update = enlistv1.OnExisting_ON_EXISTING_FAIL, enlistv1.OnExisting_ON_EXISTING_ADOPT, enlistv1.OnExisting_ON_EXISTING_UPDATE
	const created, adopted, either = enlistv1.Outcome_OUTCOME_CREATED, enlistv1.Outcome_OUTCOME_ADOPTED, enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	const ours, other, unclear = providers.MatchOurs, providers.MatchOther, providers.MatchUnclear
	familyName := []string{"customer.name.family_name"}
	allDiffer := `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"C","name":{"firstName":"Mary","lastName":"Poppins"},
		"contactInformation":{"email":"m@example.com"}}}`
	odd := `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"C","externalRef1":["x"],"name":{"firstName":"John","lastName":"Else"}}}`
	for name, test := range map[string]struct {
		existing    enlistv1.OnExisting
		reference   string // the caller's; "-" if the provider sends none
		record      string
		match       providers.Match
		near        bool
		outcome     enlistv1.Outcome
		differences []string
	}{
		"our reference, other content":   {fail, "", held("C", requestID, "Renamed"), ours, false, created, nil},
		"our reference, adopting":        {adopt, "", held("C", requestID, "Renamed"), ours, false, created, nil},
		"our reference, near code":       {fail, "", held("c", requestID, "Renamed"), ours, true, created, nil},
		"our reference, another code":    {fail, "", held("D", requestID, "Renamed"), ours, true, created, nil},
		"another's reference":            {fail, "", held("C", "else", "Smith"), other, false, created, nil},
		"another's reference, adopting":  {adopt, "", held("C", "else", "Smith"), other, false, adopted, nil},
		"another's reference, near code": {fail, "", held("c", "else", "Smith"), other, true, created, nil},
		"ours is missing":                {fail, "", held("C", "", "Smith"), unclear, false, created, nil},
		"ours is missing, other content": {fail, "", held("C", "", "Else"), other, false, created, familyName},
		"ours in capitals":               {fail, "", held("C", strings.ToUpper(requestID), "Else"), ours, false, created, nil},
		"ours is missing, adopting":      {adopt, "", held("C", "", "Smith"), unclear, false, adopted, nil},
		"ours is missing, near code":     {fail, "", held("c", "", "Smith"), other, true, created, nil},
		"no reference, another code":     {fail, "-", held("D", "", "Smith"), unclear, true, created, []string{"customer.id"}},
		"ours is unreadable":             {fail, "", odd, unclear, false, created, familyName},
		"no reference":                   {fail, "-", held("C", "", "Smith"), ours, false, created, nil},
		"no reference, other content":    {fail, "-", held("C", "", "Else"), unclear, false, created, familyName},
		"no reference, nearly alike":     {fail, "-", held("C", "", "SMITH"), ours, false, created, nil},
		"no reference, somebody else":    {fail, "-", allDiffer, other, false, created, []string{"customer.name.given_name", familyName[0], "customer.email"}},
		"no reference, adopting":         {adopt, "-", held("C", "", "Smith"), ours, false, adopted, nil},
		"no reference, near code":        {fail, "-", held("c", "", "Smith"), unclear, true, created, nil},
		"the caller's reference":         {fail, "REF", held("C", "REF", "Smith"), ours, false, created, nil},
		"the caller's, other content":    {fail, "REF", held("C", "REF", "Else"), unclear, false, created, familyName},
		"the caller's is missing":        {fail, "REF", held("C", "", "Smith"), ours, false, created, nil},
		"not the caller's":               {fail, "REF", held("C", requestID, "Smith"), other, false, created, nil},
		"updated":                        {update, "", held("C", "else", "Smith"), ours, false, either, nil},
		"not updated":                    {update, "", held("C", requestID, "Else"), unclear, false, either, familyName},
		"not updated, somebody else yet": {update, "", allDiffer, unclear, false, either, []string{"customer.name.given_name", familyName[0], "customer.email"}},
		"updated, but for the reference": {update, "REF", held("C", "else", "Smith"), unclear, false, either, []string{"opencell.external_ref1"}},
		"updated under a near code":      {update, "", held("c", "else", "Smith"), unclear, true, either, nil},
	} {
		t.Run(name, func(t *testing.T) {
			create := request(t, `{"requestId":"`+requestID+`","customer":{"id":"C","email":"a@example.com","name":{"givenName":"John","familyName":"Smith"},
				"billingAddress":{"countryCode":"FR"}}}`)
			create.OnExisting = test.existing
			own := func(settings *configv1.Opencell) { settings.ReferenceRequestId = proto.Bool(test.reference != "-") }
			create.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{
				Opencell: &enlistv1.OpencellOptions{ExternalRef1: strings.TrimPrefix(test.reference, "-")},
			}
			creation, err := vendor(t, providertest.Respond(200, test.record), nil, own).Prepare(create)
			if err != nil {
				t.Fatal(err)
			}
			found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: time.Now()})
			if err != nil || len(found) != 1 || found[0].Match != test.match || found[0].Near != test.near || !slices.Equal(found[0].Differences, test.differences) ||
				found[0].Response.GetOutcome() != test.outcome {
				t.Fatalf("found %+v, %v", found, err)
			}
			code := "C"
			for _, other := range []string{"c", "D"} {
				if strings.Contains(test.record, `"code":"`+other+`"`) {
					code = other
				}
			}
			if response := found[0].Response; response.GetCustomer().GetId() != code || (len(response.GetWarnings()) > 0) != (code != "C") {
				t.Errorf("the response is %v", response)
			}
		})
	}
}

// Enlist does not look for an object that is not a customer, because its absence would prove
// nothing.
func TestFindOtherAccounts(t *testing.T) {
	for _, kind := range []string{"S", "CA", "BA_UA", "OWN_MODEL"} {
		create := request(t, `{"requestId":"`+requestID+`","customer":{"id":"C"},"opencell":{"crmAccountType":"`+kind+`"}}`)
		creation, err := vendor(t, providertest.Respond(404, absent), nil).Prepare(create)
		if err != nil {
			t.Fatal(err)
		}
		found, err := creation.FindCustomer(t.Context(), providers.Sent{})
		if providertest.Fails(t, err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED); found != nil {
			t.Errorf("found %+v", found)
		}
	}
}

// An observer sees no secret of a record, even if this test did not send it.
func TestObservedRecordWithoutSecrets(t *testing.T) {
	record := `{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"C","methodOfPayment":[{"tokenId":"tok-1","bankCoordinates":{"iban":"FR76-1","accountNumber":"1","bic":"B"}}]}}`
	provider := vendor(t, providertest.Respond(200, record), nil)
	var seen []string
	ctx := providers.WithObserver(t.Context(), &providers.Observer{Exchanged: func(exchange *providers.Exchange) {
		seen = append(seen, exchange.ResponseBody)
	}})
	if _, err := provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{CustomerId: "C"}); err != nil {
		t.Error(err)
	}
	want := []string{`{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"C","methodOfPayment":[{"tokenId":"$REDACTED","bankCoordinates":{"iban":"$REDACTED","accountNumber":"$REDACTED","bic":"B"}}]}}`}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
}
