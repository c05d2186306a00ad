package caliq_test

import (
	"io"
	"net/http"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Caliq returns nothing of an account but its number. Only the look-up before decides whether it is
// ours.
func TestFind(t *testing.T) {
	const ours, unclear = providers.MatchOurs, providers.MatchUnclear
	for name, test := range map[string]struct {
		accounts string
		looked   bool
		want     []providers.Match
	}{
		"nothing":              {`{"ID":1,"AccountNo":"B-1"},{"ID":2,"AccountNo":"A-10"}`, true, nil},
		"in another form":      {`{"ID":1,"AccountNo":"a-1"},{"ID":2,"AccountNo":"A-10"}`, true, []providers.Match{unclear}},
		"one, nobody there":    {`{"ID":1,"AccountNo":"A-1"},{"ID":2,"AccountNo":"a-1"}`, true, []providers.Match{ours}},
		"one, nobody looked":   {`{"ID":1,"AccountNo":"A-1"}`, false, []providers.Match{unclear}},
		"one, changed twice":   {`{"ID":1,"AccountNo":"A-1"},{"ID":1,"AccountNo":"A-1"}`, true, []providers.Match{ours}},
		"two of the same name": {`{"ID":1,"AccountNo":"A-1"},{"ID":2,"AccountNo":"A-1"}`, true, []providers.Match{unclear, unclear}},
	} {
		for _, existing := range []enlistv1.OnExisting{enlistv1.OnExisting_ON_EXISTING_FAIL, enlistv1.OnExisting_ON_EXISTING_ADOPT} {
			create := small(t, "A-1")
			create.OnExisting = existing
			provider := handled(t, nil, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"CustomerChangeList":[`+test.accounts+`]}`)
			})
			creation, err := provider.Prepare(create)
			if err != nil {
				t.Fatal(err)
			}
			found, err := creation.FindCustomer(t.Context(), providers.Sent{Looked: test.looked})
			if err != nil || len(found) != len(test.want) {
				t.Errorf("%s: found %+v, %v", name, found, err)
				continue
			}
			ids := map[string]bool{}
			for i, candidate := range found {
				ids[candidate.Response.GetCustomer().GetVendorIds()["account_id"]] = true
				adopted := candidate.Response.GetOutcome() == enlistv1.Outcome_OUTCOME_ADOPTED
				if candidate.Match != test.want[i] || adopted != (candidate.Match != ours && existing == enlistv1.OnExisting_ON_EXISTING_ADOPT) {
					t.Errorf("%s: %+v", name, candidate)
				}
			}
			if len(ids) != len(found) {
				t.Errorf("%s: ids %v", name, ids)
			}
		}
	}
}

// If Caliq assigns the numbers, FindCustomer finds nothing and sends no request.
func TestFindUnderAutoNumbering(t *testing.T) {
	provider := vendor(t, autoNumbering, 500, "")
	creation, err := provider.Prepare(small(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if creation.Key() != "" || creation.LooksFirst() {
		t.Errorf("key %q, looks first %t", creation.Key(), creation.LooksFirst())
	}
	found, err := creation.FindCustomer(t.Context(), providers.Sent{})
	if reason(t, err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED); found != nil {
		t.Errorf("found %+v", found)
	}
}
