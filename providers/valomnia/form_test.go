package valomnia_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/sandbox"
)

// offline is a provider that must not send any request.
func offline(t *testing.T, defaults *enlistv1.ValomniaOptions) providers.Provider {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) }))
	t.Cleanup(server.Close)
	own := settings(server.URL)
	own.Defaults = defaults
	provider, err := connect(own, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func TestRefusedBeforeAnythingIsSent(t *testing.T) {
	const invalid, unsupported = enlistv1.ErrorReason_INVALID_FIELD, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED
	for name, test := range map[string]struct {
		request string
		reason  enlistv1.ErrorReason
		paths   []string
	}{
		"update":                       {`{"customer":{"displayName":"J"},"onExisting":"ON_EXISTING_UPDATE"}`, unsupported, []string{"on_existing"}},
		"update, previewed":            {`{"customer":{"displayName":"J"},"onExisting":"ON_EXISTING_UPDATE","validateOnly":true}`, unsupported, []string{"on_existing"}},
		"sub-customer without parent":  {`{"customer":{"displayName":"J"},"valomnia":{"isSubCustomer":true}}`, invalid, []string{"valomnia.parent_customer"}},
		"type without days":            {`{"customer":{"displayName":"J"},"valomnia":{"dueDateConfigType":1}}`, invalid, []string{"valomnia.due_date_config_number"}},
		"type that is none":            {`{"customer":{"displayName":"J"},"valomnia":{"paymentTypeIds":["7","x"]}}`, invalid, []string{"valomnia.payment_type_ids[1]"}},
		"same address and another":     {`{"customer":{"displayName":"J","shippingAddress":{"city":"Nice"}},"valomnia":{"isSameAddress":true}}`, invalid, []string{"valomnia.is_same_address"}},
		"same address, another place":  {`{"customer":{"displayName":"J","shippingAddress":{"latitude":0}},"valomnia":{"isSameAddress":true}}`, invalid, []string{"valomnia.is_same_address"}},
		"colour":                       {`{"customer":{"displayName":"J"},"valomnia":{"customerRiskColor":"red"}}`, invalid, []string{"valomnia.customer_risk_color"}},
		"reference with a blank":       {`{"customer":{"id":"K ","displayName":"J"}}`, invalid, []string{"customer.id"}},
		"image that is a PDF":          {`{"customer":{"displayName":"J"},"valomnia":{"image":{"filename":"a.png","content":"JVBERi0xLjc="}}}`, invalid, []string{"valomnia.image.content"}},
		"image without content":        {`{"customer":{"displayName":"J"},"valomnia":{"image":{"filename":"a.png"}}}`, invalid, []string{"valomnia.image.content"}},
		"image with a line break":      {`{"customer":{"displayName":"J"},"valomnia":{"image":{"filename":"a\r\nb.gif","content":"R0lGODlh"}}}`, invalid, []string{"valomnia.image.filename"}},
		"several":                      {`{"customer":{"id":" K","displayName":"J"},"valomnia":{"customerRiskColor":"red"}}`, invalid, []string{"customer.id", "valomnia.customer_risk_color"}},
		"a name beside a display name": {`{"customer":{"displayName":"J","name":{"title":"Mr","givenName":"J","familyName":"S"}}}`, unsupported, []string{"customer.name.title", "customer.name.given_name", "customer.name.family_name"}},
		"a name beside a company":      {`{"customer":{"organization":{"name":"Acme"},"name":{"familyName":"S"}}}`, unsupported, []string{"customer.name.family_name"}},
		"a company beside a name":      {`{"customer":{"displayName":"J","organization":{"name":"Acme"}}}`, unsupported, []string{"customer.organization.name"}},
		"a title":                      {`{"customer":{"name":{"title":"Mr","familyName":"S"}}}`, unsupported, []string{"customer.name.title"}},
		"a region of an address":       {`{"customer":{"displayName":"J","billingAddress":{"city":"Nice","region":"PACA"}}}`, unsupported, []string{"customer.billing_address.region"}},
		"what Valomnia does not keep":  {`{"customer":{"displayName":"J","languageCode":"fr","birthPlace":"Lyon"}}`, unsupported, []string{"customer.language_code", "customer.birth_place"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := providertest.Create(t.Context(), offline(t, nil), settled(t, test.request))
			known := providertest.Fails(t, err, test.reason)
			var paths []string
			for _, violation := range known.Violations {
				paths = append(paths, violation.Path)
			}
			if !slices.Equal(paths, test.paths) {
				t.Errorf("violations %v, want at %v", known.Violations, test.paths)
			}
		})
	}
}

// preview returns the request that would be sent, and the fates of the fields.
func preview(t *testing.T, defaults *enlistv1.ValomniaOptions, text string) *enlistv1.CreateCustomerResponse {
	t.Helper()
	previewed := settled(t, text)
	previewed.ValidateOnly = true
	response, err := providertest.Create(t.Context(), offline(t, defaults), previewed)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// formOf decodes the form that would be sent.
func formOf(t *testing.T, response *enlistv1.CreateCustomerResponse) url.Values {
	t.Helper()
	form, err := url.ParseQuery(response.GetVendorRequest().GetBody())
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func TestDerived(t *testing.T) {
	yes, no := true, false
	for name, test := range map[string]struct {
		defaults *enlistv1.ValomniaOptions
		request  string
		want     map[string]string
	}{
		"no shipping address":         {nil, `{"customer":{"displayName":"J"}}`, map[string]string{"isSameAddress": "true", "reference": "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"}},
		"an empty one":                {nil, `{"customer":{"displayName":"J","shippingAddress":{}}}`, map[string]string{"isSameAddress": "true"}},
		"a shipping address":          {nil, `{"customer":{"displayName":"J","shippingAddress":{"city":"Nice"}}}`, map[string]string{"isSameAddress": "false", "city": "Nice"}},
		"the option":                  {nil, `{"customer":{"displayName":"J"},"valomnia":{"isSameAddress":false}}`, map[string]string{"isSameAddress": "false"}},
		"the option over default":     {&enlistv1.ValomniaOptions{IsSameAddress: &no}, `{"customer":{"displayName":"J"},"valomnia":{"isSameAddress":true}}`, map[string]string{"isSameAddress": "true"}},
		"the default":                 {&enlistv1.ValomniaOptions{IsSameAddress: &no}, `{"customer":{"displayName":"J"}}`, map[string]string{"isSameAddress": "false"}},
		"an address over default":     {&enlistv1.ValomniaOptions{IsSameAddress: &yes}, `{"customer":{"displayName":"J","shippingAddress":{"city":"N"}}}`, map[string]string{"isSameAddress": "false"}},
		"other defaults":              {&enlistv1.ValomniaOptions{OnHold: &yes, Barcode: "1"}, `{"customer":{"displayName":"J"},"valomnia":{"onHold":false}}`, map[string]string{"onHold": "false", "barcode": "1"}},
		"display name first":          {nil, `{"customer":{"displayName":"J"}}`, map[string]string{"name": "J"}},
		"then the company":            {nil, `{"customer":{"organization":{"name":"Acme"}}}`, map[string]string{"name": "Acme"}},
		"then the person":             {nil, `{"customer":{"name":{"givenName":"Zoë","familyName":"山田 🎩"}}}`, map[string]string{"name": "Zoë 山田 🎩"}},
		"a family name":               {nil, `{"customer":{"name":{"familyName":"Smith"}}}`, map[string]string{"name": "Smith"}},
		"numbers":                     {nil, `{"customer":{"displayName":"J"},"valomnia":{"paymentTypeIds":["7","8"]}}`, map[string]string{"paymentTypes": `[{"id":7},{"id":8}]`}},
		"references":                  {nil, `{"customer":{"displayName":"J"},"valomnia":{"paymentTypeIds":["7","é\""],"useExternalId":true}}`, map[string]string{"paymentTypes": `[{"id":"7"},{"id":"é\""}]`}},
		"type 2":                      {nil, `{"customer":{"displayName":"J"},"valomnia":{"dueDateConfigType":2,"dueDateConfigNumber":0}}`, map[string]string{"dueDateConfigType": "2", "dueDateConfigNumber": "0"}},
		"lines":                       {nil, `{"customer":{"displayName":"J","billingAddress":{"lines":["a","b"],"latitude":0,"longitude":-0.0000001}}}`, map[string]string{"billingAddress": "a, b", "billingLat": "0", "billingLng": "-0.0000001"}},
		"numbers without exponents":   {nil, `{"customer":{"displayName":"J"},"valomnia":{"creditLimit":12000000000}}`, map[string]string{"creditLimit": "12000000000"}},
		"what is not set is not sent": {nil, `{"customer":{"id":"K","displayName":"J"}}`, map[string]string{"email": "", "isActive": "", "useExternalId": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			form := formOf(t, preview(t, test.defaults, test.request))
			for field, want := range test.want {
				if got := form.Get(field); got != want || form.Has(field) != (want != "") {
					t.Errorf("%s = %q, want %q", field, got, want)
				}
			}
		})
	}
}

// The result for a caller who sets both names, with the other fields that Valomnia does not
// support.
func TestNamesDropped(t *testing.T) {
	response := preview(t, nil, `{"unsupportedFields":"UNSUPPORTED_FIELDS_DROP","customer":{"id":"DEMO-1","displayName":"John Smith",
		"name":{"title":"Mr","givenName":"John","familyName":"Smith"},"languageCode":"fr"}}`)
	form := formOf(t, response)
	var dropped []string
	for _, fate := range response.GetFields() {
		if fate.GetFate() == enlistv1.Fate_FATE_DROPPED {
			dropped = append(dropped, fate.GetPath()+" "+fate.GetNote())
		}
	}
	filled := "is not sent to valomnia, because customer.display_name fills name"
	if want := []string{
		"customer.name.title has no field at valomnia", "customer.name.given_name " + filled, "customer.name.family_name " + filled,
		"customer.language_code has no field at valomnia",
	}; form.Get("name") != "John Smith" || !slices.Equal(dropped, want) {
		t.Errorf("name %q, dropped %q", form.Get("name"), dropped)
	}
	if customer := response.GetCustomer(); customer.GetName().GetFamilyName() != "" || customer.GetLanguageCode() != "" || customer.GetDisplayName() != "John Smith" {
		t.Errorf("the answer shows %v", customer)
	}
	// Enlist sends all parts that it joins.
	response = preview(t, nil, `{"customer":{"name":{"givenName":"John","familyName":"Smith"},"billingAddress":{"lines":["a","b"]}}}`)
	fates := map[string]string{}
	for _, fate := range response.GetFields() {
		fates[fate.GetPath()] = fate.GetWireField() + " " + fate.GetNote()
	}
	for path, want := range map[string]string{
		"customer.name.given_name": "name John sent as John Smith", "customer.name.family_name": "name Smith sent as John Smith",
		"customer.billing_address.lines[0]": "billingAddress a sent as a, b", "customer.billing_address.lines[1]": "billingAddress b sent as a, b",
	} {
		if fates[path] != want {
			t.Errorf("%s: %q, want %q", path, fates[path], want)
		}
	}
}

func TestImages(t *testing.T) {
	vendors := sandbox.New()
	server := httptest.NewServer(vendors)
	defer server.Close()
	provider, err := connect(settings(server.URL), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	const most = 2 << 20
	for head, want := range map[string]string{"\xff\xd8\xff": "image/jpeg", "GIF89a": "image/gif", "\x89PNG\r\n\x1a\n": "image/png", "BM": "image/bmp"} {
		create := settled(t, `{"customer":{"id":"`+want+`","displayName":"Þórðarson 山田 🎩","comment":"a\r\nb"},"valomnia":{"image":{"filename":"été 🎩.png"}}}`)
		create.GetValomnia().Image.Content = append([]byte(head), bytes.Repeat([]byte{0xfe}, most-len(head))...)
		create.ValidateOnly = true
		response, err := providertest.Create(t.Context(), provider, create)
		if err != nil {
			t.Fatal(err)
		}
		shown := response.GetVendorRequest()
		if !strings.Contains(shown.GetBody(), fmt.Sprintf("<%s, %d bytes>", want, most)) || !strings.Contains(fmt.Sprint(shown.GetHeaders()), "JSESSIONID=$VALOMNIA_SESSION") {
			t.Errorf("preview %v", shown)
		}
		create.ValidateOnly = false
		if response, err = providertest.Create(t.Context(), provider, create); err != nil || response.GetCustomer().GetDisplayName() != "Þórðarson 山田 🎩" ||
			response.GetCustomer().GetComment() != "a\r\nb" {
			t.Fatalf("%s: %v, %v", want, response, err)
		}
	}
	answer, err := http.Get(server.URL + "/sandbox/records?vendor=valomnia")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var held struct {
		Records []struct {
			Key    string
			Record struct{ ImageFile struct{ Name, Type string } }
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&held); err != nil || len(held.Records) != 4 {
		t.Fatalf("%v %v", held, err)
	}
	for _, one := range held.Records {
		if one.Record.ImageFile.Type != one.Key || one.Record.ImageFile.Name != "été 🎩.png" {
			t.Errorf("held %+v", one)
		}
	}

	large := settled(t, `{"customer":{"displayName":"J"},"valomnia":{"image":{"filename":"a.png"}}}`)
	large.GetValomnia().Image.Content = append([]byte("BM"), make([]byte, most-1)...)
	_, err = providertest.Create(t.Context(), offline(t, nil), large)
	if known := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD); known.Violations[0].Path != "valomnia.image.content" {
		t.Errorf("violations %v", known.Violations)
	}
}

// Servers may read a form as ISO-8859-1 unless it declares UTF-8.
func TestFormsSayThatTheyAreUTF8(t *testing.T) {
	plain := preview(t, nil, `{"customer":{"displayName":"é"}}`)
	picture := preview(t, nil, `{"customer":{"displayName":"é"},"valomnia":{"image":{"filename":"a.gif","content":"R0lGODlh"}}}`)
	contentType := func(response *enlistv1.CreateCustomerResponse) string {
		for _, header := range response.GetVendorRequest().GetHeaders() {
			if header.GetName() == "Content-Type" {
				return header.GetValue()
			}
		}
		return ""
	}
	if got := contentType(plain); got != "application/x-www-form-urlencoded; charset=UTF-8" {
		t.Errorf("Content-Type %s", got)
	}
	_, parameters, err := mime.ParseMediaType(contentType(picture))
	if err != nil {
		t.Fatal(err)
	}
	parts, files := multipart.NewReader(strings.NewReader(picture.GetVendorRequest().GetBody()), parameters["boundary"]), 0
	for {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		if part.FileName() != "" {
			files++
		} else if got := part.Header.Get("Content-Type"); got != "text/plain; charset=UTF-8" {
			t.Errorf("%s has the type %q", part.FormName(), got)
		}
	}
	if files != 1 {
		t.Errorf("%d files", files)
	}
}

// Ids from the setting defaults have the kind that the defaults say.
func TestIdsOfTwoKinds(t *testing.T) {
	const other = `{"customer":{"displayName":"J"},"validateOnly":true,"valomnia":{"useExternalId":true,"userId":"emp-1"}}`
	for name, test := range map[string]struct {
		defaults *enlistv1.ValomniaOptions
		refused  bool
	}{
		"filled in":   {&enlistv1.ValomniaOptions{PaymentTypeIds: []string{"7"}}, true},
		"all its own": {&enlistv1.ValomniaOptions{UserId: "2"}, false},
		"same kind":   {&enlistv1.ValomniaOptions{PaymentTypeIds: []string{"cash"}, UseExternalId: proto.Bool(true)}, false},
		"no ids":      {&enlistv1.ValomniaOptions{OnHold: proto.Bool(true)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := providertest.Create(t.Context(), offline(t, test.defaults), settled(t, other))
			if !test.refused {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if known := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD); known.Violations[0].Path != "valomnia.use_external_id" {
				t.Errorf("violations %v", known.Violations)
			}
		})
	}
}
