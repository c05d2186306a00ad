package sellandsign_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
)

// order sends an order to the sandbox's control API.
func (v *vendor) order(t *testing.T, path, body string) {
	t.Helper()
	response, err := http.Post(v.url+path, "application/json", strings.NewReader(body))
	if err != nil || response.StatusCode >= 300 {
		t.Fatal(response, err)
	}
	_ = response.Body.Close()
}

func (v *vendor) contractors(t *testing.T, size int32, token string) *enlistv1.ListContractorsResponse {
	t.Helper()
	response, err := v.ListContractors(t.Context(), &enlistv1.ListContractorsRequest{
		Provider: "sellandsign", CustomerId: "C", PageSize: size, PageToken: token,
	})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// Pages of every size have each contractor once, in order, and the last page has no next token.
func TestContractorPages(t *testing.T) {
	for _, bare := range []bool{false, true} {
		var options []sandbox.Option
		if bare {
			options = append(options, sandbox.With(func(s *sellandsign.Settings) { s.BareLists = true }))
		}
		vendors := sandbox.New(options...)
		v := vendorAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked, _ := strconv.Atoi(r.URL.Query().Get("size")); asked > 100 {
				t.Errorf("%d contractors asked for at once; the page shows 100", asked)
			}
			vendors.ServeHTTP(w, r)
		}))
		if _, err := providertest.Create(t.Context(), v, small(t, "C")); err != nil {
			t.Fatal(err)
		}
		v.order(t, "/sandbox/contractors", `{"number":"C","count":249}`) // 250 with the customer itself
		for _, size := range []int32{1, 7, 50, 0, 99, 100, 101, 125, 249, 250, 251, 1000} {
			want := int(size)
			if size == 0 {
				want = 100
			}
			var names []string
			for token, page := "", 1; ; page++ {
				response := v.contractors(t, size, token)
				for _, contractor := range response.GetContractors() {
					names = append(names, contractor.GetName().GetFamilyName())
				}
				token = response.GetNextPageToken()
				if last := len(names) == 250; last != (token == "") || !last && len(response.GetContractors()) != want {
					t.Fatalf("size %d, page %d: %d contractors, %d in all, next %q", size, page, len(response.GetContractors()), len(names), token)
				}
				if token == "" {
					break
				}
			}
			for i, name := range names[1:] {
				if name != fmt.Sprint(i+1) {
					t.Fatalf("size %d: contractor %d is %s", size, i+1, name)
				}
			}
		}
		first := v.contractors(t, 10, "")
		_, err := v.ListContractors(t.Context(), &enlistv1.ListContractorsRequest{
			Provider: "sellandsign", CustomerId: "D", PageSize: 10, PageToken: first.GetNextPageToken(),
		})
		if violations := failure(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations; len(violations) != 1 || violations[0].Path != "page_token" {
			t.Errorf("violations %v", violations)
		}
	}
}

// A page of large contractors ends early. All pages together have each contractor once.
func TestPagesOfLargeContractors(t *testing.T) {
	v := vendorAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		var rows []string
		for i := offset; i < min(offset+size, 250); i++ {
			rows = append(rows, fmt.Sprintf(`{"id":%d,"more":%q}`, i+1, strings.Repeat("x", 20_000)))
		}
		_, _ = fmt.Fprintf(w, `{"elements":[%s]}`, strings.Join(rows, ","))
	}))
	var sizes []int
	for token, next := "", 1; len(sizes) == 0 || token != ""; {
		response := v.contractors(t, 1000, token)
		token = response.GetNextPageToken()
		sizes = append(sizes, len(response.GetContractors()))
		for _, contractor := range response.GetContractors() {
			if contractor.GetId() != strconv.Itoa(next) {
				t.Fatalf("contractor %s, want %d", contractor.GetId(), next)
			}
			next++
		}
	}
	if !slices.Equal(sizes, []int{100, 100, 50}) {
		t.Errorf("pages of %v", sizes)
	}
}

func TestContractor(t *testing.T) {
	const camel = `{"id":4711,"customerNumber":"C","title":"MADAME","firstname":"Zoë","lastname":"Arc","email":"z@example.com","address1":"A","address2":"B",
		"postalCode":"1000","city":"Bruxelles","country":"056","cellPhone":"+32470","phone":"+322","companyName":"Acme","isDefault":true,"jobTitle":"CEO",
		"registrationNumber":"R","birthdate":-405216000000,"birthplace":"Lyon","category":"x","localisation":"fr_BE"}`
	want := &enlistv1.Contractor{}
	if err := protojson.Unmarshal([]byte(`{"id":"4711","customerId":"C","name":{"title":"MADAME","givenName":"Zoë","familyName":"Arc"},
		"email":"z@example.com","phone":"+322","mobile":"+32470","organizationName":"Acme","jobTitle":"CEO",
		"address":{"lines":["A","B"],"city":"Bruxelles","postalCode":"1000","countryCode":"BE"},
		"birthDate":{"year":1957,"month":2,"day":28},"birthPlace":"Lyon","languageCode":"fr-BE","isDefault":true,"registrationNumber":"R","category":"x"}`), want); err != nil {
		t.Fatal(err)
	}
	// The spelling of responses, and the types of two values, are not documented.
	snake := strings.NewReplacer("customerNumber", "customer_number", "address1", "address_1", "address2", "address_2", "postalCode", "postal_code",
		"cellPhone", "cell_phone", "companyName", "company_name", "isDefault", "is_default", "jobTitle", "job_title",
		"registrationNumber", "registration_number").Replace(camel)
	for _, written := range []string{
		camel, snake, strings.Replace(camel, `"056"`, `"Belgique"`, 1), strings.Replace(camel, `"title"`, `"civility"`, 1), strings.Replace(camel, "true", `"TRUE"`, 1), strings.Replace(camel, "true", "1", 1), strings.Replace(camel, "4711", `"4711"`, 1),
		strings.Replace(camel, "-405216000000", `"1957-02-28T00:00:00Z"`, 1), strings.Replace(camel, "-405216000000", `"-405216000000"`, 1),
		strings.Replace(camel, "-405216000000", "-405219600000", 1), // midnight in Paris
		strings.Replace(camel, "-405216000000", "-405198000000", 1), // midnight in New York
	} {
		v := newVendor(t, answers{"getContractorsFor": providertest.Respond(200, `{"elements":[`+written+`]}`)})
		got, err := v.ListContractors(t.Context(), &enlistv1.ListContractorsRequest{Provider: "sellandsign", CustomerId: "C", IncludeVendorRecord: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]*enlistv1.Contractor{want}, got.GetContractors(), protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", written, diff)
		}
		if len(got.GetVendorRecords()) != 1 || got.GetVendorRecords()[0].GetFields()["category"].GetStringValue() != "x" {
			t.Errorf("records %v", got.GetVendorRecords())
		}
	}
	for none, warns := range map[string]bool{
		"-1": false, "null": false, `""`: false, `"-1"`: false, `"soon"`: true, "1e300": true, "true": true, "{}": true, "-99999999999999": true,
	} {
		v := newVendor(t, answers{"getContractorsFor": providertest.Respond(200, strings.Replace("["+camel+"]", "-405216000000", none, 1))})
		response := v.contractors(t, 0, "")
		var warned []string
		if warns {
			warned = []string{"UNREADABLE_VALUE contractors[0].birth_date birthdate"}
		}
		if got := response.GetContractors()[0].GetBirthDate(); got != nil || !slices.Equal(providertest.Warned(response.GetWarnings()), warned) {
			t.Errorf("birthdate %s read as %v, warnings %v", none, got, response.GetWarnings())
		}
	}
	for none, warns := range map[string]bool{"false": false, "null": false, "0": false, `"FALSE"`: false, `""`: false, `"oui"`: true, "2": true, "[]": true} {
		v := newVendor(t, answers{"getContractorsFor": providertest.Respond(200, strings.Replace("["+camel+"]", "true", none, 1))})
		response := v.contractors(t, 0, "")
		if response.GetContractors()[0].GetIsDefault() || (len(response.GetWarnings()) > 0) != warns {
			t.Errorf("isDefault %s read as true, or warnings %v", none, response.GetWarnings())
		}
	}
}

func TestContractorAnswers(t *testing.T) {
	const (
		notFound = enlistv1.ErrorReason_CUSTOMER_NOT_FOUND
		invalid  = enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID
	)
	there, absent := providertest.Respond(200, record("C", 1, 1)), providertest.Respond(200, "null")
	for name, c := range map[string]struct {
		list, customer http.HandlerFunc
		want           enlistv1.ErrorReason
	}{
		"none":                  {providertest.Respond(200, `{"elements":[]}`), there, 0},
		"null for none":         {providertest.Respond(200, `{"elements":null}`), there, 0},
		"nothing for none":      {providertest.Respond(200, ""), there, 0},
		"nobody's":              {providertest.Respond(200, "[]"), absent, notFound},
		"nobody's, by a status": {providertest.Respond(404, ""), absent, notFound},
		"refused":               {providertest.Respond(400, ""), there, enlistv1.ErrorReason_VENDOR_REJECTED},
		"wrong URL":             {providertest.Respond(404, ""), there, invalid},
		"a page":                {providertest.Respond(200, "<html>"), there, invalid},
		"no elements":           {providertest.Respond(200, `{"hello":"world"}`), there, invalid},
		"elements of another":   {providertest.Respond(200, `{"elements":{"a":1}}`), there, invalid},
		"no objects":            {providertest.Respond(200, `[null]`), there, 0}, // a warning names an unreadable row
		"more than asked for":   {providertest.Respond(200, `[{"id":1},{"id":2},{"id":3}]`), there, invalid},
		"credentials":           {providertest.Respond(401, ""), there, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED},
		"broken":                {providertest.Respond(500, ""), there, enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, answers{"getContractorsFor": c.list, "getCustomer": c.customer})
			got, err := v.ListContractors(t.Context(), &enlistv1.ListContractorsRequest{Provider: "sellandsign", CustomerId: "C", PageSize: 1})
			if c.want != 0 {
				failure(t, err, c.want)
			} else if err != nil || len(got.GetContractors()) != 0 || got.GetNextPageToken() != "" {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// withProperties returns a creation or update with three properties. The sandbox does not declare
// one of the keys.
func withProperties(t *testing.T) *enlistv1.CreateCustomerRequest {
	t.Helper()
	request := small(t, "C")
	request.OnExisting = onUpdate
	request.Customer.Properties = map[string]string{"note": "n", "segment": "gold", "shoe \"size\"": "44"}
	return request
}

func droppedProperties(response *enlistv1.CreateCustomerResponse) map[string]string {
	dropped := map[string]string{}
	for _, fate := range response.GetFields() {
		if fate.GetFate() == enlistv1.Fate_FATE_DROPPED {
			dropped[fate.GetPath()] = fate.GetWireField() + fate.GetNote()
		}
	}
	return dropped
}

// The response names an undeclared key. It hides neither the creation nor the other keys. A second
// creation sets the same entries.
func TestProperties(t *testing.T) {
	v := vendorAt(t, sandbox.New())
	for _, value := range []string{"gold", "silver"} {
		request := withProperties(t)
		request.Customer.Properties["segment"] = value
		response, err := providertest.Create(t.Context(), v, request)
		if err != nil {
			t.Fatal(err)
		}
		v.expect(t, "getCustomer", "selectOrCreateCustomer", "getCustomerPropertyListFor",
			"getOrCreateCustomerProperty", "getOrCreateCustomerProperty", "getOrCreateCustomerProperty")
		dropped := droppedProperties(response)
		if note := dropped[`customer.properties["shoe \"size\""]`]; len(dropped) != 1 || !strings.Contains(note, "is not set: the vendor responded with HTTP status 400") ||
			!strings.Contains(note, "not declared") {
			t.Errorf("dropped %v", dropped)
		}
		want := map[string]string{"note": "n", "segment": value}
		if diff := cmp.Diff(want, response.GetCustomer().GetProperties()); diff != "" {
			t.Errorf("answered (-want +got):\n%s", diff)
		}
		read, err := v.read(t.Context(), "C")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, read.GetCustomer().GetProperties()); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
		v.expect(t, "getCustomer", "getCustomerPropertyListFor")
	}
}

// An existing entry is set by its id. A new one has the id -1.
func TestPropertyIDs(t *testing.T) {
	ids := map[string]string{}
	v := newVendor(t, answers{
		"selectOrCreateCustomer":     providertest.Respond(200, record("C", 1, 1)),
		"getCustomerPropertyListFor": providertest.Respond(200, `{"elements":[{"id":12,"key":"segment","value":"x","customerNumber":"C"},{"id":13,"key":"other","value":"kept"}]}`),
		"getOrCreateCustomerProperty": func(w http.ResponseWriter, r *http.Request) {
			query := r.URL.Query()
			ids[query.Get("key")] = query.Get("id") + " " + query.Get("customer_number")
			_, _ = fmt.Fprintf(w, `{"id":1,"key":%q,"value":%q}`, query.Get("key"), query.Get("value"))
		},
	})
	request := withProperties(t)
	delete(request.GetCustomer().GetProperties(), "shoe \"size\"")
	response, err := providertest.Create(t.Context(), v, request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"segment": "12 C", "note": "-1 C"}, ids); diff != "" {
		t.Errorf("ids (-want +sent):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"segment": "gold", "note": "n", "other": "kept"}, response.GetCustomer().GetProperties()); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
}

// If the vendor may already have a property, but Enlist cannot read its key or id, a new one could
// be a second one. An unreadable value of another property does no harm.
func TestUnreadableProperties(t *testing.T) {
	if set, dropped := setBeside(t, `[7,{"id":12,"key":"segment","value":"x"},{"id":{},"key":"note","value":"x"}]`); !slices.Equal(set, []string{"segment 12"}) ||
		len(dropped) != 2 || !strings.Contains(dropped[`customer.properties["note"]`], "may have it already") {
		t.Errorf("set %q, dropped %v", set, dropped)
	}
	if set, dropped := setBeside(t, `[{"id":12,"key":"unrelated","value":42}]`); len(set) != 3 || len(dropped) != 0 {
		t.Errorf("set %q, dropped %v", set, dropped)
	}
}

// setBeside returns which properties a creation has set at a vendor with a list, and which it has
// not.
func setBeside(t *testing.T, list string) (set []string, dropped map[string]string) {
	t.Helper()
	v := newVendor(t, answers{
		"selectOrCreateCustomer":     providertest.Respond(200, record("C", 1, 1)),
		"getCustomerPropertyListFor": providertest.Respond(200, list),
		"getOrCreateCustomerProperty": func(w http.ResponseWriter, r *http.Request) {
			query := r.URL.Query()
			set = append(set, query.Get("key")+" "+query.Get("id"))
			_, _ = fmt.Fprintf(w, `{"id":1,"key":%q,"value":%q}`, query.Get("key"), query.Get("value"))
		},
	})
	response, err := providertest.Create(t.Context(), v, withProperties(t))
	if err != nil {
		t.Fatal(err)
	}
	return set, droppedProperties(response)
}

// With any result for the properties, the creation stands, and a note explains each property that
// is not known to be set.
func TestPropertyFailures(t *testing.T) {
	const notSet, mayBe, notTried = "is not set: ", "may be set or not: ", "is not set, because an earlier request failed: "
	dropConnection := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		list, set          http.HandlerFunc
		first, second, all string // of the notes, in the order of the keys
		calls              int    // requests to set a property
	}{
		"list broken":       {providertest.Respond(500, "oops"), nil, notTried, notTried, "HTTP status 500: oops", 0},
		"list not a list":   {providertest.Respond(200, `{"a":1}`), nil, notTried, notTried, "HTTP status 200", 0},
		"list without keys": {providertest.Respond(200, `[{"id":1}]`), nil, notTried, notTried, "HTTP status 200", 0},
		"a proxy's page":    {providertest.Respond(404, "<html>Not Found</html>"), nil, notTried, notTried, "HTTP status 404", 0},
		"list missing":      {providertest.Respond(404, ""), providertest.Respond(400, "no"), notSet, notSet, "HTTP status 400: no", 3},
		"refused":           {providertest.Respond(200, "[]"), providertest.Respond(400, "no"), notSet, notSet, "HTTP status 400: no", 3},
		"broken each time":  {providertest.Respond(200, "[]"), providertest.Respond(500, ""), mayBe, mayBe, "HTTP status 500", 3},
		"another's answer":  {providertest.Respond(200, "[]"), providertest.Respond(200, `{"key":"other","value":"n"}`), mayBe, mayBe, "HTTP status 200", 3},
		"another value":     {providertest.Respond(200, "[]"), providertest.Respond(200, `{"key":"note","value":"other"}`), mayBe, mayBe, "HTTP status 200", 3},
		"no longer allowed": {providertest.Respond(200, "[]"), providertest.Respond(401, ""), notSet, notTried, "HTTP status 401", 1},
		"too many calls":    {providertest.Respond(200, "[]"), providertest.Respond(429, ""), notSet, notTried, "HTTP status 429", 1},
		"no answer":         {providertest.Respond(200, "[]"), dropConnection, mayBe, notTried, "sent no complete response", 1},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, answers{
				"selectOrCreateCustomer":     providertest.Respond(200, record("C", 1, 1)),
				"getCustomerPropertyListFor": c.list, "getOrCreateCustomerProperty": c.set,
			})
			response, err := providertest.Create(t.Context(), v, withProperties(t))
			if err != nil || response.GetOutcome() != created {
				t.Fatalf("the create: %v, %v", response, err)
			}
			dropped := droppedProperties(response)
			notes := []string{dropped[`customer.properties["note"]`], dropped[`customer.properties["segment"]`], dropped[`customer.properties["shoe \"size\""]`]}
			for i, want := range []string{c.first, c.second, c.second} {
				if !strings.HasPrefix(notes[i], "the customer exists, but this value "+want) || !strings.Contains(notes[i], c.all) {
					t.Errorf("note %d: %q, want %s…%s", i, notes[i], want, c.all)
				}
			}
			if len(response.GetCustomer().GetProperties()) != 0 {
				t.Errorf("answered %v", response.GetCustomer().GetProperties())
			}
			if calls := strings.Count(strings.Join(v.asked(), " "), "getOrCreateCustomerProperty"); calls != c.calls {
				t.Errorf("%d calls to set, want %d", calls, c.calls)
			}
		})
	}
}

// A response without properties would look as if there were none.
func TestReadWithoutProperties(t *testing.T) {
	for status, want := range map[int]enlistv1.ErrorReason{
		500: enlistv1.ErrorReason_VENDOR_UNAVAILABLE, 401: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, 400: enlistv1.ErrorReason_VENDOR_REJECTED,
	} {
		v := newVendor(t, answers{"getCustomer": providertest.Respond(200, record("C", 1, 1)), "getCustomerPropertyListFor": providertest.Respond(status, "")})
		_, err := v.read(t.Context(), "C")
		failure(t, err, want)
	}
}

// A look-up misses a new customer that the vendor shows late. Enlist then sends, and the response
// shows that the customer existed.
func TestSlowLookUp(t *testing.T) {
	v := vendorAt(t, sandbox.New())
	v.order(t, "/sandbox/faults", `{"vendor":"sell_and_sign","kind":"slow_lookup","delay_ms":60000}`)
	if _, err := providertest.Create(t.Context(), v, small(t, "C")); err != nil {
		t.Fatal(err)
	}
	again, _ := proto.Clone(small(t, "C")).(*enlistv1.CreateCustomerRequest)
	response, err := providertest.Create(t.Context(), v, again)
	if err != nil || response.GetOutcome() == created {
		t.Errorf("the merge was called %s, %v", response.GetOutcome(), err)
	}
}

// An empty value clears a property. Enlist sends it, and its fate says so.
func TestEmptyProperty(t *testing.T) {
	v := vendorAt(t, sandbox.New())
	request := small(t, "C")
	request.OnExisting = onUpdate
	request.Customer.Properties = map[string]string{"segment": "gold"}
	for _, value := range []string{"gold", ""} {
		request.Customer.Properties["segment"] = value
		response, err := providertest.Create(t.Context(), v, request)
		if err != nil {
			t.Fatal(err)
		}
		if dropped := droppedProperties(response); len(dropped) != 0 {
			t.Errorf("dropped %v", dropped)
		}
	}
	read, err := v.read(t.Context(), "C")
	if value, there := read.GetCustomer().GetProperties()["segment"]; err != nil || value != "" || !there {
		t.Errorf("%v, %v", read, err)
	}
}
