package valomnia_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// The form of a time or of the parent does not tell whose customer it is.
func TestFindSomebodyElseInAnotherForm(t *testing.T) {
	for _, member := range []string{`"dateCreated":"17/12/2015 23:00"`, `"lastUpdated":"yesterday"`, `"parentCustomer":{"reference":"HQ"}`} {
		v := newVendor(t, text(200, `{"id":7,"reference":"256","name":"Else","email":"else@example.com",`+member+`}`))
		creation, err := v.provider.Prepare(settled(t, `{"customer":{"id":"256","name":{"givenName":"John","familyName":"Smith"},"email":"qa@example.com"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: time.Now()}); err != nil || len(found) != 1 || found[0].Match != providers.MatchOther {
			t.Errorf("%s: found %+v, %v", member, found, err)
		}
	}
}

// Only the reference finds a customer. Its content and create time identify it.
func TestFind(t *testing.T) {
	const fail, adopt = enlistv1.OnExisting_ON_EXISTING_FAIL, enlistv1.OnExisting_ON_EXISTING_ADOPT
	const created, adopted = enlistv1.Outcome_OUTCOME_CREATED, enlistv1.Outcome_OUTCOME_ADOPTED
	since := time.Now()
	record := func(reference, name string, age time.Duration) string {
		return fmt.Sprintf(`{"id":7,"reference":%q,"name":%q,"email":"qa@example.com","dateCreated":%q}`, reference, name, since.Add(-age).Format(time.RFC3339))
	}
	somebodyElse := strings.Replace(record("256", "Else", 0), "qa@example.com", "else@example.com", 1)
	for name, test := range map[string]struct {
		existing    enlistv1.OnExisting
		looked      bool
		record      string
		match       providers.Match
		near        bool
		outcome     enlistv1.Outcome
		differences []string
	}{
		"ours":                  {fail, false, record("256", "John Smith", 0), providers.MatchOurs, false, created, nil},
		"a slow clock":          {fail, false, record("256", "John Smith", 9*time.Minute), providers.MatchOurs, false, created, nil},
		"old":                   {fail, false, record("256", "John Smith", 11*time.Minute), providers.MatchOther, false, created, nil},
		"old, adopting":         {adopt, false, record("256", "John Smith", time.Hour), providers.MatchOther, false, adopted, nil},
		"old, nobody there":     {adopt, true, record("256", "John Smith", time.Hour), providers.MatchOurs, false, created, nil},
		"another's":             {fail, false, record("256", "Else", 0), providers.MatchUnclear, false, created, []string{"customer.display_name"}},
		"another's, adopting":   {adopt, true, record("256", "Else", 0), providers.MatchUnclear, false, adopted, []string{"customer.display_name"}},
		"ours, near":            {fail, false, record(" 256", "John Smith", 0), providers.MatchOurs, true, created, nil},
		"old, near":             {fail, false, record("0256", "John Smith", time.Hour), providers.MatchOther, true, created, nil},
		"somebody else":         {fail, false, somebodyElse, providers.MatchOther, false, created, []string{"customer.display_name", "customer.email"}},
		"another's, near":       {fail, false, record("0256", "Else", 0), providers.MatchUnclear, true, created, []string{"customer.display_name"}},
		"near without a time":   {fail, false, `{"id":7,"reference":"0256","name":"John Smith","email":"qa@example.com"}`, providers.MatchUnclear, true, created, nil},
		"no time":               {fail, false, `{"id":7,"reference":"256","name":"John Smith","email":"qa@example.com"}`, providers.MatchUnclear, false, created, nil},
		"no time, nobody there": {adopt, true, `{"id":7,"reference":"256","name":"John Smith","email":"qa@example.com"}`, providers.MatchOurs, false, created, nil},
		"old, another zone": {
			fail, false, `{"id":7,"reference":"256","name":"John Smith","email":"qa@example.com","dateCreated":"2015-12-17T23:00:00+0000"}`,
			providers.MatchOther, false, created, nil,
		},
		"near, adopting":       {adopt, true, record("0256", "Else", 0), providers.MatchUnclear, true, adopted, []string{"customer.display_name"}},
		"hardly anything back": {fail, false, `{"id":7,"reference":"256"}`, providers.MatchUnclear, false, created, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, text(200, test.record))
			create := settled(t, `{"customer":{"id":"256","name":{"givenName":"John","familyName":"Smith"},"email":"qa@example.com"}}`)
			create.OnExisting = test.existing
			creation, err := v.provider.Prepare(create)
			if err != nil {
				t.Fatal(err)
			}
			found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since, Looked: test.looked})
			if err != nil || len(found) != 1 || found[0].Match != test.match || found[0].Near != test.near || !slices.Equal(found[0].Differences, test.differences) ||
				found[0].Response.GetOutcome() != test.outcome {
				t.Fatalf("found %+v, %v", found, err)
			}
			if response := found[0].Response; (response.GetCustomer().GetId() != "256") != test.near || (len(response.GetWarnings()) > 0) != test.near {
				t.Errorf("the response is %v", response)
			}
		})
	}
	v := newVendor(t, text(404, `{"error":"not_found"}`))
	creation, err := v.provider.Prepare(settled(t, `{"customer":{"id":"id:256","name":{"familyName":"Smith"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since}); err != nil || len(found) != 0 || v.paths() != "/api/v1.0/customers/reference/id:256" {
		t.Errorf("found %+v, %v by %s", found, err, v.paths())
	}
}
