package once

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// nowhere is a service without providers.
func nowhere() *Service {
	s := &Service{shared: &shared{}}
	s.Reconfigure(nil, Options{})
	return s
}

// Every reason belongs to a state, and has a sentence in it.
func TestEveryReasonHasASentence(t *testing.T) {
	t.Parallel()
	seen := map[string]enlistv1.OperationReason{}
	for number, name := range enlistv1.OperationReason_name {
		code := enlistv1.OperationReason(number)
		state := StateOf(code)
		if (state == none) != (code == noReason) {
			t.Errorf("%s belongs to state %s", name, state)
			continue
		}
		if code == noReason {
			state = needsPerson
		}
		shown, text := nowhere().Reason(&journal.Record{
			Key: journal.Key{Provider: "crm"}, State: state, Payload: &journalv1.Payload{Reason: &journalv1.Reason{Code: code, Candidates: []*journalv1.Reason_Candidate{{CustomerId: "C1"}}}},
		})
		if shown != code || len(text) < 40 || !strings.HasSuffix(text, ".") || strings.Count(text, ". ") > 0 || text[0] < 'A' || text[0] > 'Z' {
			t.Errorf("%s: %s %q", name, shown, text)
		}
		if other, is := seen[text]; is {
			t.Errorf("%s and %s have the same sentence", name, other)
		}
		seen[text] = code
	}
}

// The sentence names the customers and the fields in which they differ.
func TestSentencesOfCandidates(t *testing.T) {
	t.Parallel()
	of := func(ids ...string) (candidates []*journalv1.Reason_Candidate) {
		for _, id := range ids {
			candidates = append(candidates, &journalv1.Reason_Candidate{CustomerId: id})
		}
		return candidates
	}
	differs := of("C1")
	differs[0].Differences = []string{"customer.email", "customer.billing_address.city", "customer.organization.vat_number"}
	for _, c := range []struct {
		reason *journalv1.Reason
		want   string
	}{
		{
			&journalv1.Reason{Code: severalCustomers, Candidates: of("1", "2"), Differing: []string{"customer.phone"}},
			"Two customers at provider crm match this request: 1 and 2; they differ in phone.",
		},
		{
			&journalv1.Reason{Code: severalCustomers, Candidates: of("1", "2", "3", "4", "5", "6", "7"), Differing: []string{
				"customer.name.given_name", "customer.billing_address.lines[0]", "customer.billing_address.lines[1]",
			}},
			"Seven customers at provider crm match this request: 1, 2, 3, 4, 5 and two more; " +
				"they differ in given name, billing address line 1 and billing address line 2.",
		},
		{
			&journalv1.Reason{Code: severalCustomers, Candidates: of("1", "1")},
			"Two customers at provider crm with the id 1 match this request; what the vendor returns of them does not differ.",
		},
		{
			&journalv1.Reason{Code: severalCustomers, Candidates: of("1", ""), Differing: []string{"customer.create_time"}},
			"Two customers at provider crm match this request: 1 and one without a readable id; they differ in create time.",
		},
		{
			&journalv1.Reason{Code: customerDiffers, Candidates: differs},
			"One customer at provider crm matches this request, C1; it differs from the request in email, billing address city and " +
				"organization VAT number.",
		},
		{
			&journalv1.Reason{Code: customerDiffers, Candidates: of("c1")},
			"One customer at provider crm matches this request, c1; its id is only nearly equal to the requested one.",
		},
		{
			&journalv1.Reason{Code: customerDiffers, Candidates: []*journalv1.Reason_Candidate{{CustomerId: "c1", Differences: []string{"customer.id"}}}},
			"One customer at provider crm matches this request, c1; its id is only nearly equal to the requested one.",
		},
		{
			&journalv1.Reason{Code: customerDiffers, Candidates: of("C1")},
			"One customer at provider crm matches this request, C1; provider crm returns too little of it to compare.",
		},
		{
			&journalv1.Reason{Code: customerClaimed, Candidates: of("C1")},
			"One customer at provider crm equals this request, C1; another operation may have created it.",
		},
	} {
		record := &journal.Record{Key: journal.Key{Provider: "crm"}, State: needsPerson, Payload: &journalv1.Payload{Reason: c.reason, ExclusiveKey: "C1"}}
		if _, got := nowhere().Reason(record); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// A record of an earlier release has no reason. What it shows counts. So does a record that an
// older replica has moved, whose reason belongs to another state.
func TestReasonIsDerived(t *testing.T) {
	t.Parallel()
	sent := &enlistv1.OperationTry{Kind: enlistv1.TryKind_TRY_KIND_SEND, Stage: enlistv1.SendStage_SEND_STAGE_SENT}
	ended := &enlistv1.OperationTry{Kind: enlistv1.TryKind_TRY_KIND_SEND, Stage: enlistv1.SendStage_SEND_STAGE_SENT, EndTime: timestamppb.Now()}
	for name, c := range map[string]struct {
		state   enlistv1.OperationState
		payload *journalv1.Payload
		want    enlistv1.OperationReason
	}{
		"no response": {unknown, &journalv1.Payload{
			Tries: []*enlistv1.OperationTry{ended}, Failure: &journalv1.Failure{Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		}, noAnswer},
		"died":    {unknown, &journalv1.Payload{Tries: []*enlistv1.OperationTry{ended, sent}}, interrupted},
		"refused": {unknown, &journalv1.Payload{Tries: []*enlistv1.OperationTry{ended}, RefusedAgain: true}, refusalUnconfirmed},
		"a proxy refused": {unknown, &journalv1.Payload{Tries: []*enlistv1.OperationTry{ended}, Failure: &journalv1.Failure{
			Reason: enlistv1.ErrorReason_VENDOR_RATE_LIMITED, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
		}}, refusalUnconfirmed},
		"not proven": {unknown, &journalv1.Payload{Tries: []*enlistv1.OperationTry{ended}, Failure: &journalv1.Failure{
			Confirm: journalv1.Confirmation_CONFIRMATION_BY_CUSTOMER,
		}}, successUnproven},
		"lost":       {unknown, &journalv1.Payload{Gap: true}, recordsLost},
		"a person":   {needsPerson, &journalv1.Payload{}, noReason},
		"was open":   {needsPerson, &journalv1.Payload{Reason: &journalv1.Reason{Code: lookupFailed}}, noReason},
		"was closed": {unknown, &journalv1.Payload{Tries: []*enlistv1.OperationTry{ended}, Reason: &journalv1.Reason{Code: severalCustomers}}, noAnswer},
		"succeeded":  {succeeded, &journalv1.Payload{Reason: &journalv1.Reason{Code: severalCustomers}}, noReason},
	} {
		record := &journal.Record{Key: journal.Key{Provider: "crm"}, State: c.state, Payload: c.payload}
		code, text := nowhere().Reason(record)
		if code != c.want || (text == "") != (c.state == succeeded) {
			t.Errorf("%s: %s %q, want %s", name, code, text, c.want)
		}
		explain(record)
		if got := record.Payload.GetReason().GetCode(); c.state == unknown && got != c.want || c.state == succeeded && record.Payload.GetReason() != nil {
			t.Errorf("%s: the next write stores %s", name, got)
		}
	}
}

// What follows from a look-up that failed, for every combination of facts.
func TestAfterFailedLookup(t *testing.T) {
	t.Parallel()
	for bits := range 1 << 3 {
		f := lookupFacts{early: bits&1 > 0, impossible: bits&2 > 0, fruitless: bits&4 > 0}
		what, why := afterFailedLookup(f)
		if asks := !f.early && (f.impossible || f.fruitless); (what == askPerson) != asks || what != askPerson && what != wait {
			t.Errorf("%+v: %s", f, what)
		}
		if want := map[decision]enlistv1.OperationState{askPerson: needsPerson, wait: unknown}[what]; StateOf(why) != want {
			t.Errorf("%+v: %s", f, why)
		}
	}
}
