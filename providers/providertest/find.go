package providertest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// sendLost sends a creation whose response a fault loses. It returns the creation, and what is
// known of the attempt.
func (f *fixture) sendLost(request *enlistv1.CreateCustomerRequest, fault string) (providers.Creation, providers.Sent) {
	f.t.Helper()
	creation, err := f.provider.Prepare(request)
	if err != nil {
		f.t.Fatal(err)
	}
	f.fault("create", fault, 0)
	sent := providers.Sent{Since: time.Now(), Looked: creation.LooksFirst()}
	_, err = creation.CreateCustomer(f.t.Context())
	f.fails(err, unknown)
	return creation, sent
}

// find returns the candidates, and asserts that each has the response of the creation.
func (f *fixture) find(creation providers.Creation, sent providers.Sent) []providers.Candidate {
	f.t.Helper()
	candidates, err := creation.FindCustomer(f.t.Context(), sent)
	if err != nil {
		f.t.Fatalf("find: %v", err)
	}
	for _, candidate := range candidates {
		if candidate.Response.GetCustomer().GetId() == "" || candidate.Response.GetOutcome() == 0 || candidate.Response.GetRequestId() == "" {
			f.t.Errorf("the candidate's answer is %v", candidate.Response)
		}
	}
	return candidates
}

// findOurs asserts that there is exactly one candidate, and that it is ours. It returns its
// response.
func (f *fixture) findOurs(creation providers.Creation, sent providers.Sent) *enlistv1.CreateCustomerResponse {
	f.t.Helper()
	candidates := f.find(creation, sent)
	if len(candidates) != 1 || candidates[0].Match != providers.MatchOurs || len(candidates[0].Differences) > 0 {
		f.t.Fatalf("found %+v, want one that is ours", candidates)
	}
	return candidates[0].Response
}

// compareAnswers compares the response of a look-up with that of an undisturbed creation. Ids that
// a look-up does not return may be missing.
func compareAnswers(t *testing.T, got, want *enlistv1.CreateCustomerResponse) {
	t.Helper()
	for name, id := range got.GetCustomer().GetVendorIds() {
		if known := want.GetCustomer().GetVendorIds()[name]; known != "" && known != id {
			t.Errorf("%s = %q, a create has %q", name, id, known)
		}
	}
	if diff := cmp.Diff(want, got, protocmp.Transform(), exceptTimes(), protocmp.IgnoreFields(&enlistv1.Customer{}, "vendor_ids")); diff != "" {
		t.Errorf("the response is not that of a creation (-creation +found):\n%s", diff)
	}
}

func exceptTimes() cmp.Option {
	return protocmp.IgnoreFields(&enlistv1.Customer{}, "create_time", "update_time")
}

// findSlow: a look-up finds what earlier ones did not show.
func findSlow(t *testing.T, f *fixture) {
	f.fault("create", "slow_lookup", time.Second)
	creation, sent := f.sendLost(f.request(), "drop_after")
	if candidates := f.find(creation, sent); len(candidates) != 0 {
		t.Errorf("found %+v at once", candidates)
	}
	for start := time.Now(); len(f.find(creation, sent)) == 0 && time.Since(start) < 5*time.Second; {
		time.Sleep(50 * time.Millisecond)
	}
	f.findOurs(creation, sent)
}

// findOther: another caller's older customer is never taken for ours, and never changed.
func findOther(t *testing.T, f *fixture) {
	for _, existing := range []enlistv1.OnExisting{
		enlistv1.OnExisting_ON_EXISTING_FAIL, enlistv1.OnExisting_ON_EXISTING_ADOPT, enlistv1.OnExisting_ON_EXISTING_UPDATE,
	} {
		request := f.request()
		request.OnExisting = existing
		other := settled(request)
		other.OnExisting = enlistv1.OnExisting_ON_EXISTING_FAIL
		other.Customer.Name.FamilyName = "Somebody"
		f.create(other)
		creation, err := f.provider.Prepare(request)
		if f.excludes(existing, err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		before := flatJSONText(t, f.records())
		for _, since := range []time.Time{time.Now(), time.Now().Add(time.Hour)} {
			for _, candidate := range f.find(creation, providers.Sent{Since: since}) {
				if candidate.Match == providers.MatchOurs {
					t.Errorf("%s: another caller's customer is taken for ours: %v", existing, candidate.Response)
				}
				if adopting := existing == enlistv1.OnExisting_ON_EXISTING_ADOPT; adopting != (candidate.Response.GetOutcome() == enlistv1.Outcome_OUTCOME_ADOPTED) {
					t.Errorf("%s: outcome %s", existing, candidate.Response.GetOutcome())
				}
			}
		}
		if after := flatJSONText(t, f.records()); after != before {
			t.Errorf("%s: the look has changed what the vendor holds:\n%s\n%s", existing, before, after)
		}
	}
}

// excludes reports whether a provider does not support an on_existing, and proves it.
func (f *fixture) excludes(existing enlistv1.OnExisting, err error) bool {
	f.t.Helper()
	name := map[enlistv1.OnExisting]string{
		enlistv1.OnExisting_ON_EXISTING_UPDATE: Update, enlistv1.OnExisting_ON_EXISTING_ADOPT: Adopt,
	}[existing]
	return name != "" && f.provesExclusion(name, err)
}

// findUpdate: a look-up finds an update that was carried out. One that was not leaves the match
// unclear.
func findUpdate(t *testing.T, f *fixture) {
	request := f.request()
	f.create(request)
	request = settled(request)
	request.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
	request.Customer.Name.FamilyName = "Renamed"
	if _, err := f.provider.Prepare(request); f.excludes(request.GetOnExisting(), err) {
		return
	}
	creation, sent := f.sendLost(request, "drop_before")
	if candidates := f.find(creation, sent); len(candidates) != 1 || candidates[0].Match != providers.MatchUnclear ||
		strings.Join(candidates[0].Differences, " ") != "customer.name.family_name" {
		t.Errorf("an update that never was: %+v", candidates)
	}
	creation, sent = f.sendLost(request, "drop_after")
	if found := f.findOurs(creation, sent); found.GetOutcome() != enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED {
		t.Errorf("outcome %s", found.GetOutcome())
	}
}

// findFails: a look-up that fails is an error, and never means absence.
func findFails(t *testing.T, f *fixture) {
	for name, answer := range answers() {
		if _, excluded := f.harness.Excluded["read: "+name]; excluded {
			continue
		}
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, f.harness)
			creation, sent := f.sendLost(f.request(), "drop_after")
			f.answerReads(answer.handler)
			candidates, err := creation.FindCustomer(t.Context(), sent)
			if f.fails(err, answer.read); len(candidates) != 0 {
				t.Errorf("found %+v", candidates)
			}
		})
	}
}

// reusable: the same creation can be sent again, and then sends the same request.
func reusable(t *testing.T, f *fixture) {
	for _, request := range append(f.harness.Full(), f.request()) {
		request = settled(request)
		before, _ := proto.Clone(request).(*enlistv1.CreateCustomerRequest)
		creation, _ := f.sendLost(request, "drop_before")
		lost := f.sent()
		preview, err := creation.Preview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		response, err := creation.CreateCustomer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if again := f.sent()[len(lost)]; diffCalls(lost[len(lost)-1], again) != "" {
			t.Errorf("the second send differs:\n%s", diffCalls(lost[len(lost)-1], again))
		}
		if second, err := creation.Preview(t.Context()); err != nil || !cmp.Equal(preview, second, protocmp.Transform()) {
			t.Errorf("the preview has changed: %v, %v", second, err)
		}
		if len(response.GetFields()) > 0 && len(preview.GetFields()) == 0 || !cmp.Equal(before, request, protocmp.Transform()) {
			t.Error("the request has changed")
		}
	}
}

func diffCalls(a, b recorded) string {
	return cmp.Diff([]any{a.method, a.url, a.header, string(a.body)}, []any{b.method, b.url, b.header, string(b.body)})
}
