package sellandsign_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

// A customer that is clearly older than the send is not ours, unless the vendor said just before
// the send that there was none.
func TestFindGoesByTime(t *testing.T) {
	since := time.Now()
	for name, test := range map[string]struct {
		existing enlistv1.OnExisting
		age      time.Duration
		looked   bool
		family   string
		match    providers.Match
		outcome  enlistv1.Outcome
		at       string // the time in the vendor's form, if it is not readable
	}{
		"new":                     {onFail, 0, true, "Smith", providers.MatchOurs, created, ""},
		"new, nobody looked":      {onFail, 0, false, "Smith", providers.MatchOurs, created, ""},
		"new, other content":      {onFail, 0, true, "Else", providers.MatchUnclear, created, ""},
		"a slow clock":            {onFail, 9 * time.Minute, false, "Smith", providers.MatchOurs, created, ""},
		"old":                     {onFail, 11 * time.Minute, false, "Smith", providers.MatchOther, created, ""},
		"old, nobody was there":   {onFail, 11 * time.Minute, true, "Smith", providers.MatchOurs, created, ""},
		"old, adopting":           {onAdopt, time.Hour, false, "Smith", providers.MatchOther, enlistv1.Outcome_OUTCOME_ADOPTED, ""},
		"other content, adopting": {onAdopt, 0, false, "Else", providers.MatchUnclear, enlistv1.Outcome_OUTCOME_ADOPTED, ""},
		"old, updated":            {onUpdate, time.Hour, true, "Smith", providers.MatchOurs, createdOrUpdated, ""},
		"old, not updated":        {onUpdate, time.Hour, true, "Else", providers.MatchUnclear, createdOrUpdated, ""},
		"no time":                 {onFail, 0, false, "Smith", providers.MatchUnclear, created, "null"},
		"a time as text":          {onFail, 0, false, "Smith", providers.MatchUnclear, created, `"2015-12-17T23:00:00Z"`},
		"no time, nobody there":   {onFail, 0, true, "Smith", providers.MatchOurs, created, "null"},
		"no time, updated":        {onUpdate, 0, false, "Smith", providers.MatchOurs, createdOrUpdated, "null"},
	} {
		t.Run(name, func(t *testing.T) {
			request := small(t, "C")
			request.OnExisting = test.existing
			sent := request.GetCustomer()
			at := strconv.FormatInt(since.Add(-test.age).UnixMilli(), 10)
			if test.at != "" {
				at = test.at
			}
			record := fmt.Sprintf(`{"number":"C","actorId":7,"lastname":%q,"firstname":%q,"email":%q,"creationDate":%s,"syncTimer":1}`,
				test.family, sent.GetName().GetGivenName(), sent.GetEmail(), at)
			sent.Name.FamilyName = "Smith"
			v := newVendor(t, answers{"getCustomer": providertest.Respond(200, record), "getCustomerPropertyListFor": providertest.Respond(200, "[]")})
			creation, err := v.Prepare(request)
			if err != nil {
				t.Fatal(err)
			}
			found, err := creation.FindCustomer(t.Context(), providers.Sent{Since: since, Looked: test.looked})
			if err != nil || len(found) != 1 || found[0].Match != test.match || found[0].Response.GetOutcome() != test.outcome {
				t.Errorf("found %+v, %v", found, err)
			}
		})
	}
}

// FindCustomer sets the free properties of a customer that is ours, because the creation may have
// ended before. It does not set those of another customer, nor any for a person who only looks. An
// observer does not see these requests.
func TestFindCompletesProperties(t *testing.T) {
	for _, c := range []struct {
		family   string
		readOnly bool
	}{{"Smith", false}, {"Else", false}, {"Smith", true}} {
		family := c.family
		set := map[string]string{}
		request := withProperties(t)
		request.Customer.Name.FamilyName = "Smith"
		v := newVendor(t, answers{
			"getCustomer": providertest.Respond(200, fmt.Sprintf(`{"number":"C","actorId":7,"lastname":%q,"firstname":%q,"email":%q,"creationDate":%d}`,
				family, request.GetCustomer().GetName().GetGivenName(), request.GetCustomer().GetEmail(), time.Now().UnixMilli())),
			"getCustomerPropertyListFor": providertest.Respond(200, "[]"),
			"getOrCreateCustomerProperty": func(w http.ResponseWriter, r *http.Request) {
				key, value := r.URL.Query().Get("key"), r.URL.Query().Get("value")
				set[key] = value
				_, _ = fmt.Fprintf(w, `{"id":1,"key":%q,"value":%q}`, key, value)
			},
		})
		creation, err := v.Prepare(request)
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		ctx := providers.WithObserver(t.Context(), &providers.Observer{Exchanged: func(exchange *providers.Exchange) {
			actions = append(actions, exchange.Request.GetMethod())
		}})
		found, err := creation.FindCustomer(ctx, providers.Sent{Since: time.Now(), ReadOnly: c.readOnly})
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		want := map[string]string{}
		if family == "Smith" && !c.readOnly {
			want = request.GetCustomer().GetProperties()
		}
		if got := found[0].Response.GetCustomer().GetProperties(); !maps.Equal(set, want) || len(want) > 0 && !maps.Equal(got, want) {
			t.Errorf("%s: set %v, answered %v", family, set, got)
		}
		if !slices.Equal(actions, []string{"GET"}) {
			t.Errorf("%s: observed %v", family, actions)
		}
	}
}
