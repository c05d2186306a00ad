package sellandsign_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/providertest"
)

// Sell&Sign needs every parameter each time, and an empty one deletes the stored value. So an
// update sends the stored values for what the request does not set, and the preview shows them.
func TestUpdateKeepsWhatIsLeftOut(t *testing.T) {
	held := `{"number":"C","actorId":1,"companyName":"Acme","registrationNumber":"REG","address1":"Old 1","address2":"Old 2","phone":"0102030405",
		"jobTitle":"CMO","birthdate":86400000,"birthplace":"Lyon","customerCode":"ZC","creationDate":1000,"syncTimer":1000}`
	v := newVendor(t, answers{"getCustomer": providertest.Respond(200, held), "selectOrCreateCustomer": providertest.Respond(200, record("C", 1000, 900_000))})
	request := small(t, "C")
	request.OnExisting = onUpdate
	request.Customer.JobTitle, request.Customer.BirthDate = "CEO", nil
	request.ValidateOnly = true
	preview, err := providertest.Create(t.Context(), v, request)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := url.Parse(preview.GetVendorRequest().GetUrl())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"company_name": "Acme", "registration_number": "REG", "phone": "0102030405", "job_title": "CEO", "birthdate": "86400000", "birthplace": "Lyon",
		"customer_code": "ZC", "address_2": "", // replaced as part of the address
	} {
		if got := shown.Query().Get(name); got != want {
			t.Errorf("%s is sent as %q, want %q", name, got, want)
		}
	}
	request.ValidateOnly = false
	response, err := providertest.Create(t.Context(), v, request)
	if err != nil || response.GetOutcome() != updated {
		t.Fatalf("%v, %v", response, err)
	}
	for _, field := range response.GetFields() {
		if field.GetWireField() == "customer_code" {
			t.Errorf("said to be sent: %v", field)
		}
	}
	v.expect(t, "getCustomer", "getCustomer", "selectOrCreateCustomer")

	request.Customer.BirthDate, request.Customer.Phone = &date.Date{Year: 1980, Month: 5, Day: 1}, "0999999999"
	request.VendorOptions = &enlistv1.CreateCustomerRequest_SellAndSign{SellAndSign: &enlistv1.SellAndSignOptions{CustomerCode: "MINE"}}
	request.ValidateOnly = true
	if preview, err = providertest.Create(t.Context(), v, request); err != nil {
		t.Fatal(err)
	}
	if shown, err = url.Parse(preview.GetVendorRequest().GetUrl()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"phone": "0999999999", "birthdate": "325987200000", "customer_code": "MINE"} {
		if got := shown.Query().Get(name); got != want {
			t.Errorf("%s is sent as %q, want %q", name, got, want)
		}
	}
}

// Another attempt keeps what then exists, and its responses do not mention the earlier attempts.
func TestUpdateTwice(t *testing.T) {
	jobs, sent := []string{"CMO", "CFO"}, []string{}
	v := newVendor(t, answers{
		"getCustomer": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"number":"C","actorId":1,"jobTitle":%q}`, jobs[len(sent)])
		},
		"selectOrCreateCustomer": func(w http.ResponseWriter, r *http.Request) {
			sent = append(sent, r.URL.Query().Get("job_title"))
			_, _ = w.Write([]byte(record("C", 1000, 900_000)))
		},
		"getCustomerPropertyListFor": providertest.Respond(200, "[]"),
		"getOrCreateCustomerProperty": func(w http.ResponseWriter, r *http.Request) {
			if len(sent) == 1 {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			_, _ = fmt.Fprintf(w, `{"id":1,"key":%q,"value":%q}`, r.URL.Query().Get("key"), r.URL.Query().Get("value"))
		},
	})
	creation, err := v.Prepare(withProperties(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, dropped := range []int{3, 0} {
		response, err := creation.CreateCustomer(t.Context())
		if err != nil || sent[i] != jobs[i] || len(droppedProperties(response)) != dropped {
			t.Errorf("send %d: %v, %v with %q", i, response, err, sent)
		}
	}
}

// An update that keeps the existing customer code does not send the setting's default.
func TestUpdateKeepsTheCode(t *testing.T) {
	for held, want := range map[string]int{"ZC": 0, "OURS": 1, "": 1} {
		v := newVendor(t, answers{"getCustomer": providertest.Respond(200, `{"number":"C","actorId":1,"customerCode":"`+held+`"}`)})
		own := settings(v.url)
		own.Defaults = &enlistv1.SellAndSignOptions{CustomerCode: "OURS"}
		provider, err := connect(own, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		request := small(t, "C")
		request.OnExisting, request.ValidateOnly = onUpdate, true
		response, err := providertest.Create(t.Context(), provider, request)
		if err != nil {
			t.Fatal(err)
		}
		named := 0
		for _, fate := range response.GetFields() {
			if fate.GetWireField() == "customer_code" {
				named++
			}
		}
		if named != want {
			t.Errorf("with %q there: the customer code is named %d times, want %d: %v", held, named, want, response.GetFields())
		}
	}
}

// An update sends nothing if it would delete or change a stored value that Enlist cannot read
// exactly. The error names the field, and a request that sets the field goes through.
func TestUpdateOfUnreadableValues(t *testing.T) {
	for _, test := range []struct{ held, path, set string }{
		{`"birthdate":"01/05/1980"`, "customer.birth_date", `{"customer":{"birthDate":{"year":1980,"month":5,"day":1}}}`},
		{`"birthdate":[1980,5,1]`, "customer.birth_date", ""},
		{`"birthdate":{"y":1980}`, "customer.birth_date", ""},
		{`"birthdate":true`, "customer.birth_date", ""},
		{`"birthdate":1e300`, "customer.birth_date", ""},
		{`"birthdate":1,"birthdate":1`, "customer.birth_date", ""},
		{`"phone":["0102"]`, "customer.phone", `{"customer":{"phone":"0102"}}`},
		{`"phone":102030405`, "customer.phone", ""},
		{`"companyName":{"a":1}`, "customer.organization.name", `{"customer":{"organization":{"name":"Acme"}}}`},
		{`"registrationNumber":7`, "customer.organization.registration_number", `{"customer":{"organization":{"registrationNumber":"7"}}}`},
		{`"jobTitle":[]`, "customer.job_title", `{"customer":{"jobTitle":"CEO"}}`},
		{`"birthplace":false`, "customer.birth_place", `{"customer":{"birthPlace":"Lyon"}}`},
		{`"customerCode":9`, "sell_and_sign.customer_code", `{"sellAndSign":{"customerCode":"9"}}`},
		{`"birthdate":null`, "", ""},
		{`"birthdate":""`, "", ""},
		{`"birthdate":-1`, "", ""},
		{`"birthdate":"-1"`, "", ""},
		{`"phone":null,"city":5`, "", ""},
	} {
		v := newVendor(t, answers{
			"getCustomer":            providertest.Respond(200, `{"number":"C","actorId":1,`+test.held+`}`),
			"selectOrCreateCustomer": providertest.Respond(200, record("C", 1000, 900_000)),
		})
		for _, preview := range []bool{true, false} {
			request := small(t, "C")
			request.OnExisting, request.ValidateOnly = onUpdate, preview
			_, err := providertest.Create(t.Context(), v, request)
			if test.path == "" {
				if err != nil {
					t.Errorf("%s: %v", test.held, err)
				}
				continue
			}
			known := failure(t, err, enlistv1.ErrorReason_INVALID_FIELD)
			if known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || known.Violations[0].Path != test.path {
				t.Errorf("%s: %s, %s", test.held, known.Stage, known.Message)
			}
			if test.set != "" {
				set := &enlistv1.CreateCustomerRequest{}
				if err := protojson.Unmarshal([]byte(test.set), set); err != nil {
					t.Fatal(err)
				}
				proto.Merge(request, set)
				if _, err := providertest.Create(t.Context(), v, request); err != nil {
					t.Errorf("%s with %s: %v", test.held, test.set, err)
				}
			}
		}
	}
}
