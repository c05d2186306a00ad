package providertest

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

func roundTrip(t *testing.T, f *fixture) {
	for _, request := range append(f.harness.Full(), f.request()) {
		request = settled(request)
		created := f.create(request)
		if created.GetOutcome() != enlistv1.Outcome_OUTCOME_CREATED || created.GetRequestId() != request.GetRequestId() || created.GetReplayed() {
			t.Errorf("outcome %s, request_id %s, replayed %t", created.GetOutcome(), created.GetRequestId(), created.GetReplayed())
		}
		if created.GetVendorRequest() != nil || created.GetVendorRecord() != nil {
			t.Error("a request or a record that was not requested")
		}
		if created.GetCustomer().GetId() == "" {
			t.Fatal("a customer without an id")
		}
		for _, field := range created.GetFields() {
			if field.GetFate() == enlistv1.Fate_FATE_SENT || field.GetNote() == "" {
				t.Errorf("field %v is named, although it was sent unchanged or has no note", field)
			}
		}
		read := f.get(created.GetCustomer().GetId()).GetCustomer()
		if read.GetId() != created.GetCustomer().GetId() {
			t.Errorf("read id %q, created %q", read.GetId(), created.GetCustomer().GetId())
		}
		compareRead(t, f, request.GetCustomer(), read)
	}
}

// compareRead compares every field that the vendor returns with what was sent.
func compareRead(t *testing.T, f *fixture, sent, read *enlistv1.Customer) {
	t.Helper()
	got, want := flatMessage(t, read), flatMessage(t, sent)
	matched := 0
	for path, value := range got {
		_, unsent := f.harness.ReadUnsent[path]
		switch _, otherwise := f.provider.Describe().ReadOtherwise["customer."+path]; {
		case isOutputOnly(path) || path == "id":
		case want[path] == value:
			matched++
		case otherwise, unsent && want[path] == "":
		default:
			t.Errorf("read %s = %q, sent %q", path, value, want[path])
		}
	}
	if reason, excluded := f.harness.Excluded[ReadBack]; excluded {
		if matched > 0 {
			t.Errorf("ReadBack is excluded (%s), but %d fields were read back", reason, matched)
		}
	} else if matched < 3 {
		t.Errorf("only %d fields were read back: %v", matched, got)
	}
}

func isOutputOnly(path string) bool {
	for _, prefix := range []string{"vendor_ids", "create_time", "update_time", "source"} {
		if len(path) >= len(prefix) && path[:len(prefix)] == prefix {
			return true
		}
	}
	return false
}

func requestIDAsKey(t *testing.T, f *fixture) {
	request := settled(f.harness.Request(""))
	if _, excluded := f.harness.Excluded[RequestIDAsKey]; excluded {
		_, err := Create(t.Context(), f.provider, request)
		known := f.fails(err, enlistv1.ErrorReason_INVALID_FIELD)
		if len(known.Violations) != 1 || known.Violations[0].Path != "customer.id" {
			t.Errorf("violations %v, want one at customer.id", known.Violations)
		}
		return
	}
	created := f.create(request)
	if id := created.GetCustomer().GetId(); id == "" || f.get(id).GetCustomer().GetId() != id {
		t.Errorf("a creation without an id gave the id %q, which cannot be read", id)
	}
}

func duplicate(t *testing.T, f *fixture) {
	request := f.request()
	f.create(request)
	second := settled(request)
	second.Customer.Name.FamilyName = "Somebody"
	_, err := Create(t.Context(), f.provider, second)
	if reason, excluded := f.harness.Excluded[Duplicate]; excluded {
		if err != nil {
			t.Fatalf("Duplicate is excluded (%s), but the second create failed: %v", reason, err)
		}
		return
	}
	f.fails(err, enlistv1.ErrorReason_CUSTOMER_EXISTS)
	for _, held := range f.records() {
		if held.Created != 1 || held.Updated != 0 {
			t.Errorf("%s was created %d times and updated %d times, want 1 and 0", held.Key, held.Created, held.Updated)
		}
	}
}

func update(t *testing.T, f *fixture) {
	request := f.request()
	first := f.create(request)
	request = settled(request)
	request.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
	request.Customer.Name.FamilyName = "Renamed"
	response, err := Create(t.Context(), f.provider, request)
	if f.provesExclusion(Update, err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if outcome := response.GetOutcome(); outcome != enlistv1.Outcome_OUTCOME_UPDATED && outcome != enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED {
		t.Errorf("outcome %s", outcome)
	}
	if got := f.get(first.GetCustomer().GetId()).GetCustomer().GetName().GetFamilyName(); got != "Renamed" {
		t.Errorf("family name %q after the update", got)
	}
	if held := f.records(); len(held) != 1 || held[0].Created != 1 {
		t.Errorf("the vendor holds %+v, want one record, created once", held)
	}
}

func adopt(t *testing.T, f *fixture) {
	request := f.request()
	request.OnExisting = enlistv1.OnExisting_ON_EXISTING_ADOPT
	response, err := Create(t.Context(), f.provider, request)
	if f.provesExclusion(Adopt, err) {
		return
	}
	if err != nil || response.GetOutcome() != enlistv1.Outcome_OUTCOME_CREATED {
		t.Fatalf("the first: %v, %v", response, err)
	}
	second := settled(request)
	second.Customer.Name.FamilyName = "Somebody"
	response, err = Create(t.Context(), f.provider, second)
	if err != nil || response.GetOutcome() != enlistv1.Outcome_OUTCOME_ADOPTED || response.GetCustomer().GetId() != request.GetCustomer().GetId() {
		t.Fatalf("the second: %v, %v", response, err)
	}
	if _, excluded := f.harness.Excluded[ReadBack]; !excluded && response.GetCustomer().GetName().GetFamilyName() == "Somebody" {
		t.Error("the existing customer was changed, or the response shows the request, not the existing customer")
	}
	if held := f.records(); len(held) != 1 || held[0].Created != 1 || held[0].Updated != 0 {
		t.Errorf("the vendor holds %+v, want one record, created once and never updated", held)
	}
}

// provesExclusion reports whether a case is excluded, and asserts that it fails as the exclusion
// says.
func (f *fixture) provesExclusion(name string, err error) bool {
	f.t.Helper()
	if _, excluded := f.harness.Excluded[name]; !excluded {
		return false
	}
	known := f.fails(err, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED)
	if len(known.Violations) != 1 || known.Violations[0].Path != "on_existing" {
		f.t.Errorf("violations %v, want one at on_existing", known.Violations)
	}
	return true
}

func unicodeText(t *testing.T, f *fixture) {
	request := f.request()
	request.Customer.Name.FamilyName = "Þórðarson-Λάμδα"
	request.Customer.Name.GivenName = "Zoë 山田"
	id := f.create(request).GetCustomer().GetId()
	read := f.get(id).GetCustomer()
	if _, excluded := f.harness.Excluded[ReadBack]; excluded {
		for _, held := range f.records() {
			if text := flatJSONText(t, held.Record); !contains(text, "Þórðarson-Λάμδα") || !contains(text, "Zoë 山田") {
				t.Errorf("the vendor holds %s", text)
			}
		}
		return
	}
	if read.GetName() == nil { // the vendor stores one name, not its parts
		if text := flatJSONText(t, flatMessage(t, read)); !contains(text, "Þórðarson-Λάμδα") || !contains(text, "Zoë 山田") {
			t.Errorf("read %s", text)
		}
		return
	}
	if read.GetName().GetFamilyName() != "Þórðarson-Λάμδα" || read.GetName().GetGivenName() != "Zoë 山田" {
		t.Errorf("read %v", read.GetName())
	}
}

func parallel(t *testing.T, f *fixture) {
	const callers = 40
	ids := make([]string, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			response, err := Create(t.Context(), f.provider, f.request())
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = response.GetCustomer().GetId()
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("two creates gave the id %q", id)
		}
		seen[id] = true
	}
	if held := f.records(); len(held) != callers {
		t.Errorf("the vendor holds %d records, want %d", len(held), callers)
	}
}

func inputNotChanged(t *testing.T, f *fixture) {
	for _, request := range f.harness.Full() {
		request = settled(request)
		for _, preview := range []bool{true, false} {
			request.ValidateOnly = preview
			before := proto.Clone(request)
			f.create(request)
			if diff := cmp.Diff(before, request, protocmp.Transform()); diff != "" {
				t.Errorf("validate_only %t changed the request:\n%s", preview, diff)
			}
		}
	}
}

func missing(t *testing.T, f *fixture) {
	_, err := f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: "404404"})
	f.fails(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND)
}

func vendorRecord(t *testing.T, f *fixture) {
	request := f.request()
	request.IncludeVendorRecord = true
	created := f.create(request)
	if len(created.GetVendorRecord().GetFields()) == 0 {
		t.Error("the creation has no vendor record")
	}
	read, err := f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{
		Provider: f.name(), CustomerId: created.GetCustomer().GetId(), IncludeVendorRecord: true,
	})
	if err != nil || len(read.GetVendorRecord().GetFields()) == 0 {
		t.Errorf("the read has no vendor record: %v", err)
	}
	for _, message := range []proto.Message{created, read} {
		text, _ := protojson.Marshal(message)
		f.showsNoSecret(string(text))
	}
}

func unsupportedRPCs(t *testing.T, f *fixture) {
	id := f.create(f.request()).GetCustomer().GetId()
	_, err := f.provider.ListContractors(t.Context(), &enlistv1.ListContractorsRequest{Provider: f.name(), CustomerId: id})
	if reason, unsupported := f.provider.Describe().Unsupported["ListContractors"]; unsupported {
		if known := f.fails(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED); !contains(known.Message, reason) {
			t.Errorf("the message %q does not give the reason %q", known.Message, reason)
		}
	} else if err != nil {
		t.Error(err)
	}
}
