package sellandsign_test

import (
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

// A success does not depend on the form of the number, or of members that the proof does not need.
func TestFormsOfASuccess(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want enlistv1.ErrorReason
		id   string
		warn []enlistv1.WarningCode
	}{
		"as sent":           {`{"number":"C-1","actorId":7}`, 0, "C-1", nil},
		"in another form":   {`{"number":" c-1 ","actorId":7}`, 0, " c-1 ", codes(changed)},
		"another's":         {`{"number":"C-2","actorId":7}`, enlistv1.ErrorReason_OUTCOME_UNKNOWN, "", nil},
		"no actor":          {`{"number":"C-1"}`, enlistv1.ErrorReason_OUTCOME_UNKNOWN, "", nil},
		"actor as text":     {`{"number":"C-1","actorId":"7"}`, 0, "C-1", nil},
		"postal code 75001": {`{"number":"C-1","actorId":7,"postalCode":75001}`, 0, "C-1", codes(unreadable)},
		"an object":         {`{"number":"C-1","actorId":7,"email":{"a":1},"syncTimer":"x"}`, 0, "C-1", codes(unreadable, unreadable)},
		"a date of birth":   {`{"number":"C-1","actorId":7,"birthdate":"01/05/1980"}`, 0, "C-1", codes(unreadable)},
		"no date of birth":  {`{"number":"C-1","actorId":7,"birthdate":-1}`, 0, "C-1", nil},
		"a time too late":   {`{"number":"C-1","actorId":7,"creationDate":999999999999999}`, 0, "C-1", codes(unreadable)},
		"byte-order mark":   {"\xEF\xBB\xBF" + `{"number":"C-1","actorId":7}`, 0, "C-1", nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, answers{"getCustomer": providertest.Respond(404, ""), "selectOrCreateCustomer": providertest.Respond(200, c.body)})
			got, err := providertest.Create(t.Context(), v, small(t, "C-1"))
			if c.want != 0 {
				failure(t, err, c.want)
				return
			}
			if err != nil || got.GetCustomer().GetId() != c.id || len(got.GetWarnings()) != len(c.warn) {
				t.Fatalf("%v, %v", got, err)
			}
			for i, warning := range got.GetWarnings() {
				if warning.GetCode() != c.warn[i] {
					t.Errorf("warning %v", warning)
				}
			}
		})
	}
}

const (
	changed    = enlistv1.WarningCode_WARNING_CODE_ID_CHANGED
	unreadable = enlistv1.WarningCode_WARNING_CODE_UNREADABLE_VALUE
)

func codes(codes ...enlistv1.WarningCode) []enlistv1.WarningCode { return codes }

// A customer with a nearly equal number stops a creation before the send. A read returns it with a
// warning.
func TestNearNumber(t *testing.T) {
	for _, existing := range []enlistv1.OnExisting{
		enlistv1.OnExisting_ON_EXISTING_FAIL, enlistv1.OnExisting_ON_EXISTING_ADOPT, enlistv1.OnExisting_ON_EXISTING_UPDATE,
	} {
		v := newVendor(t, answers{"getCustomer": providertest.Respond(200, `{"number":"c-1","actorId":7}`), "getCustomerPropertyListFor": providertest.Respond(200, "[]")})
		request := small(t, "C-1")
		request.OnExisting = existing
		_, err := providertest.Create(t.Context(), v, request)
		if known := failure(t, err, enlistv1.ErrorReason_CUSTOMER_EXISTS); known.Stage == enlistv1.SendStage_SEND_STAGE_SENT {
			t.Errorf("%s: %v", existing, known)
		}
		creation, err := v.Prepare(request)
		if err != nil {
			t.Fatal(err)
		}
		found, err := creation.FindCustomer(t.Context(), providers.Sent{Looked: true})
		if err != nil || len(found) != 1 || !found[0].Near || found[0].Match == providers.MatchOurs {
			t.Errorf("%s: found %+v, %v", existing, found, err)
		}
		read, err := v.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: "sellandsign", CustomerId: "C-1"})
		if err != nil || read.GetCustomer().GetId() != "c-1" || len(read.GetWarnings()) != 1 {
			t.Errorf("%v, %v", read, err)
		}
	}
}
