package providers

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

func TestByContent(t *testing.T) {
	sent := &enlistv1.Customer{
		Id: "C", Email: "a@example.com", Phone: "+331", Name: &enlistv1.PersonName{Title: "Mr.", FamilyName: "Smith"},
		BillingAddress: &enlistv1.Address{Lines: []string{"1 Rue", "B"}}, Properties: map[string]string{"k": "v"},
	}
	description := &Description{ReadOtherwise: map[string]string{"customer.name.title": "The vendor returns a code."}}
	for name, test := range map[string]struct {
		read        *enlistv1.Customer
		match       Match
		differences []string
	}{
		"the same":        {sent, MatchOurs, nil},
		"what comes back": {&enlistv1.Customer{Id: "C", Email: "a@example.com", Phone: "+331", Website: "w"}, MatchOurs, nil},
		"one value":       {&enlistv1.Customer{Id: "C", Email: "a@example.com"}, MatchUnclear, nil},
		"the id alone":    {&enlistv1.Customer{Id: "C"}, MatchUnclear, nil},
		"nothing":         {&enlistv1.Customer{}, MatchUnclear, nil},
		"near id":         {&enlistv1.Customer{Id: "c", Email: "a@example.com", Phone: "+331"}, MatchUnclear, nil},
		"near id, timed": {&enlistv1.Customer{
			Id: "c", Email: "a@example.com", Phone: "+331", CreateTime: timestamppb.Now(),
		}, MatchOurs, nil},
		"another id": {&enlistv1.Customer{Id: "D", Email: "a@example.com", Phone: "+331"}, MatchUnclear, []string{"customer.id"}},
		"near values": {&enlistv1.Customer{
			Id: "C", Email: "A@example.com", Phone: "+331", Website: "w", Name: &enlistv1.PersonName{FamilyName: "SMITH"},
		}, MatchUnclear, nil},
		"in another form": {&enlistv1.Customer{
			Id: "C", Email: "a@example.com", Name: &enlistv1.PersonName{Title: "MR", FamilyName: "Smith"},
		}, MatchOurs, nil},
		"another's": {&enlistv1.Customer{
			Id: "C", Email: "b@example.com", Phone: "+331", Name: &enlistv1.PersonName{FamilyName: "Smith"},
			BillingAddress: &enlistv1.Address{Lines: []string{"1 Rue", "C"}}, Properties: map[string]string{"k": "w"},
		}, MatchUnclear, []string{"customer.email", "customer.billing_address.lines[1]", `customer.properties["k"]`}},
	} {
		match, differences := description.ByContent(sent, test.read)
		if match != test.match || !slices.Equal(differences, test.differences) {
			t.Errorf("%s: %d, %v; want %d, %v", name, match, differences, test.match, test.differences)
		}
	}
}

// Clocks differ, so only a clearly older customer existed before.
func TestPredates(t *testing.T) {
	since := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	sent := Sent{Since: since}
	for ago, want := range map[time.Duration]bool{0: false, time.Minute: false, ClockSkew: false, ClockSkew + time.Second: true, -time.Hour: false} {
		if got := sent.Predates(timestamppb.New(since.Add(-ago))); got != want {
			t.Errorf("created %s before: %t", ago, got)
		}
	}
	if sent.Predates(timestamppb.New(time.Unix(19, 0))) {
		t.Error("a time that cannot be a create time counts as evidence")
	}
	if sent.Predates(nil) || (Sent{}).Predates(timestamppb.New(since)) {
		t.Error("without a time nothing is known to be older")
	}
}

// The fates of one response do not change those of the next.
func TestReportedFatesLeavesTheRest(t *testing.T) {
	fates := []*enlistv1.FieldFate{
		{Path: "a", Fate: enlistv1.Fate_FATE_SENT}, {Path: "b", Fate: enlistv1.Fate_FATE_DROPPED}, {Path: "c", Fate: enlistv1.Fate_FATE_SENT},
	}
	if named := ReportedFates(fates); len(named) != 1 || fates[0].GetPath() != "a" || fates[2] == nil {
		t.Errorf("named %v, left %v", named, fates)
	}
}
