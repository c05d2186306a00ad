package valomnia_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
	"github.com/enlist-dev/enlist/sandbox/valomnia"
)

// withImage writes the pairs and a file as multipart.
func withImage(t *testing.T, file []byte, values ...string) (body, contentType string) {
	t.Helper()
	var buffer bytes.Buffer
	writer := multipart.NewWriter(&buffer)
	for _, pair := range values {
		name, value, _ := strings.Cut(pair, "=")
		if err := writer.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := writer.CreateFormFile("imageFile", "logo_color_272x92dp.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.String(), writer.FormDataContentType()
}

func TestValomniaDocumentedSample(t *testing.T) {
	then := time.Date(2015, 12, 17, 23, 0, 0, 0, time.UTC)
	w := sandboxtest.NewWorld(t, sandbox.WithClock(func() time.Time { return then }))
	session := w.ValomniaSession()
	body, contentType := withImage(t, []byte("\x89PNG\r\n\x1a\n and so on"),
		"reference=NC-3", "name=Marie's Jewelry", "categoryId=2", "billWithParent=true", "customerSegmentationId=1",
		"billingCountry=France", "billingCity=Nice", "creditLimit=5000", "dueDateConfigNumber=7", "dueDateConfigType=1",
		`paymentTypes=[{"id"=7},{"id"=8}]`, "regionId=3")
	r := w.Send("POST", sandboxtest.ValomniaCustomers, body, "Content-Type", contentType, "Cookie", session)
	if r.Status != 201 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	logo, _ := r.JSON(t)["logo"].(string)
	if !strings.HasSuffix(logo, "_logo_color_272x92dp.png") || !strings.HasPrefix(logo, w.URL+"/entity1-") {
		t.Errorf("logo: %s", logo)
	}
	// The published address of the logo holds a host and a time of the vendor's.
	want := sandboxtest.Alter(t, w.Fixture("valomnia/create_response.json"), map[string]any{"logo": logo})
	sandboxtest.SameJSON(t, r.Body, want)
	sandboxtest.SameJSON(t, w.Send("GET", sandboxtest.ValomniaCustomers+"/256", "", "Cookie", session).Body, want)
	sandboxtest.SameJSON(t, w.Send("GET", sandboxtest.ValomniaCustomers+"/reference/NC-3", "", "Cookie", session).Body, want)
	if got := w.Send("GET", "/api/v2.1/customers/256", "", "Cookie", session).JSON(t); sandboxtest.At(t, got, "region", "href") != "/api/v2.1/regions/3" {
		t.Errorf("href: %v", got["region"])
	}
	held := w.Records("valomnia")
	if len(held) != 1 || held[0].Key != "NC-3" || sandboxtest.At(t, held[0].Record, "imageFile", "type") != "image/png" {
		t.Errorf("held: %+v", held)
	}
}

func TestValomniaHoldsEveryParameter(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	session := w.ValomniaSession()
	w.ValomniaCreate(session, "reference=parent", "name=Parent")
	values := []string{
		"reference=Réf/1", "name=Crème & Fils", "reference2=r2", "barcode=b", "isActive=false", "categoryId=jewelry",
		"isSubCustomer=true", "parentCustomer=parent", "billWithParent=true", "customerSegmentationId=seg_b", "userId=emp-003",
		"isSameAddress=false", "billingCountry=fr", "billingCity=Nice", "billingPostalCode=06000", "billingAddress=1 rue A",
		"billingLat=43.7", "billingLng=-7.25", "country=Germany", "city=Köln", "postalCode=50667", "address=2 rue B",
		"latitude=1", "longitude=2", "email=a@b.example", "phone=1", "mobile=2", "fax=3", "comment=c", "website=w",
		"creditLimit=1.5", "dueDateConfigNumber=30", "dueDateConfigType=2", "taxNumber=t", "companyRegistrationNumber=n",
		"currency=EUR", `paymentTypes=[{"id":"cash"}]`, "regionId=4", "customerRisk=low", "customerRiskColor=#1BE9D8",
		"onHold=true", "onHoldReason=why", "useExternalId=true",
	}
	r := w.ValomniaCreate(session, values...)
	if r.Status != 201 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	held := w.Records("valomnia")[0].Record
	for _, pair := range values {
		if name, _, _ := strings.Cut(pair, "="); held[name] == nil {
			t.Errorf("%s is not held", name)
		}
	}
	got := w.Send("GET", sandboxtest.ValomniaCustomers+"/reference/R%C3%A9f%2F1", "", "Cookie", session).JSON(t)
	for _, check := range []struct{ got, want any }{
		{got["name"], "Crème & Fils"},
		{got["billingCountry"], "FR"},
		{got["country"], "DE"},
		{got["billingLng"], -7.25},
		{sandboxtest.At(t, got, "parentCustomer", "reference"), "parent"},
		{sandboxtest.At(t, got, "createdBy", "reference"), "emp-003"},
		{got["isActive"], false},
		{got["onHold"], true},
		{got["dueDateConfigType"], "daysAfterEndOfInvoiceMonth"},
		{sandboxtest.At(t, got, "paymentTypes", 0, "id"), 7.0},
		{got["currency"], "EUR"},
		{sandboxtest.At(t, got, "region", "name"), "Paris"},
	} {
		if check.got != check.want {
			t.Errorf("got %v, want %v", check.got, check.want)
		}
	}
}

func TestValomniaFailures(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	session := w.ValomniaSession()
	w.ValomniaCreate(session, "reference=taken", "name=x")
	invalid := func(name string) string {
		return "The type of parameter " + name + " you provided is not valid for this request."
	}
	for _, test := range []struct {
		values      string // besides the reference and the name, apart by a bar
		status      int
		code        string
		description string
	}{
		{"reference=", 400, "missing_param", "reference parameter is missing"},
		{"name= ", 400, "missing_param", "name parameter is missing"},
		{"isSubCustomer=true", 400, "missing_param", "parentCustomer parameter is missing"},
		{"dueDateConfigType=1", 400, "missing_param", "dueDateConfigNumber parameter is missing"},
		{"reference=taken", 400, "not_unique", "reference already used"},
		{`paymentTypes=[{"id":"x"}]`, 400, "invalid_param_type", invalid("payment type id")},
		{`paymentTypes=7`, 400, "invalid_param_type", invalid("payment type id")},
		{"isActive=yes", 400, "invalid_param_type", invalid("isActive")},
		{"latitude=north", 400, "invalid_param_type", invalid("latitude")},
		{"creditLimit=NaN", 400, "invalid_param_type", invalid("creditLimit")},
		{"dueDateConfigNumber=7.5", 400, "invalid_param_type", invalid("dueDateConfigNumber")},
		{"dueDateConfigNumber=7|dueDateConfigType=3", 400, "invalid_param_type", invalid("dueDateConfigType")},
		{"categoryId=jewelry", 400, "invalid_param_type", invalid("categoryId")},
		{"customerRiskColor=red", 400, "invalid_param_type", invalid("customerRiskColor")},
		{"city=" + strings.Repeat("é", 256), 400, "save_failed", "Failed to save instance."},
		{"city=\xff", 400, "save_failed", "Failed to save instance."},
		{`paymentTypes=[{"id":999}]`, 404, "not_found", "The payment type with the id 999 doesn't exist."},
		{"currency=GmBP", 404, "not_found", "The currency with name GmBP doesn't exist."},
		{"currency=GBP", 404, "not_found", "The currency with name GBP is not configured."},
		{"parentCustomer=188911", 404, "not_found", "The parent customer with the id 188911 doesn't exist."},
		{"categoryId=99", 404, "not_found", "The customer category with the id 99 doesn't exist."},
		{"categoryId=99|useExternalId=true", 404, "not_found", "The customer category with the reference 99 doesn't exist."},
		{"country=Atlantis", 404, "not_found", "The country with name Atlantis doesn't exist."},
	} {
		t.Run(strings.ToValidUTF8(test.description, "?"), func(t *testing.T) {
			r := w.ValomniaCreate(session, append([]string{"reference=R", "name=N"}, strings.Split(test.values, "|")...)...)
			got := r.JSON(t)
			if r.Status != test.status || got["error"] != test.code || got["error_description"] != test.description {
				t.Errorf("%q: %d %s", test.values, r.Status, r.Body)
			}
		})
	}
	if held := w.Records("valomnia"); len(held) != 1 {
		t.Errorf("held: %+v", held)
	}
}

func TestValomniaImages(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	session := w.ValomniaSession()
	full := func(head string, size int) []byte { return append([]byte(head), make([]byte, size-len(head))...) }
	for _, test := range []struct {
		name   string
		file   []byte
		status int
		code   any
	}{
		{"jpg", full("\xff\xd8\xff", 2<<20), 201, nil},
		{"gif", full("GIF89a", 100), 201, nil},
		{"bmp", full("BM", 100), 201, nil},
		{"too large", full("\xff\xd8\xff", 2<<20+1), 400, "exceeded_file_size"},
		{"pdf", full("%PDF-", 100), 400, "unsupported_file_type"},
		{"empty", nil, 400, "unsupported_file_type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, contentType := withImage(t, test.file, "reference="+test.name, "name=N")
			r := w.Send("POST", sandboxtest.ValomniaCustomers, body, "Content-Type", contentType, "Cookie", session)
			if r.Status != test.status || r.JSON(t)["error"] != test.code {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	if got := len(w.Records("valomnia")); got != 3 {
		t.Errorf("%d held", got)
	}
}

func TestValomniaLogin(t *testing.T) {
	clock := sandboxtest.NewClock()
	w := sandboxtest.NewWorld(t, sandbox.WithClock(clock.Now), sandbox.With(func(s *valomnia.Settings) { s.TokenLifetime = time.Minute }))
	for name, changes := range map[string]map[string]string{
		"wrong user": {"j_username": "x"}, "wrong password": {"j_password": "x"}, "neither": {"j_username": "", "j_password": ""},
	} {
		r := w.Send("POST", sandboxtest.ValomniaLogin, w.ValomniaForm(changes), "Content-Type", sandboxtest.FormType)
		cookie, _, _ := strings.Cut(r.Header.Get("Set-Cookie"), ";")
		location := r.Header.Get("Location")
		if r.Status != 302 || !strings.HasPrefix(location, "/login/authfail") || !strings.HasPrefix(cookie, "JSESSIONID=") {
			t.Errorf("%s: %d %v", name, r.Status, r.Header)
		}
		if page := w.Send("GET", location, "", "Cookie", cookie).JSON(t); page["success"] != false {
			t.Errorf("%s: %v", name, page)
		}
		if r := w.Send("GET", sandboxtest.ValomniaCustomers+"/1", "", "Cookie", cookie); r.Status != 401 || r.JSON(t)["error"] != "no_credentials" {
			t.Errorf("%s: the session of a failed login: %d %s", name, r.Status, r.Body)
		}
	}
	if r := w.Send("POST", sandboxtest.ValomniaLogin, w.ValomniaForm(map[string]string{"ajax": ""}), "Content-Type", sandboxtest.FormType); r.Header.Get("Location") != "/" {
		t.Errorf("without ajax: %v", r.Header)
	}
	if r := w.Send("GET", "/login/ajaxSuccess", ""); r.Status != 401 {
		t.Errorf("not logged in: %d", r.Status)
	}
	session := w.ValomniaSession()
	if page := w.Send("GET", "/login/ajaxSuccess", "", "Cookie", session).JSON(t); page["success"] != true || page["token"] == "" || page["user"] == nil {
		t.Errorf("logged in: %v", page)
	}
	read := func() int { return w.Send("GET", sandboxtest.ValomniaCustomers+"/1", "", "Cookie", session).Status }
	for range 3 {
		if clock.Advance(40 * time.Second); read() != 404 {
			t.Error("a session in use ended")
		}
	}
	if clock.Advance(time.Minute); read() != 401 {
		t.Error("a session left alone lives on")
	}
}

func TestValomniaRequestErrors(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	session := w.ValomniaSession()
	for _, test := range []struct {
		method, path, contentType string
		status                    int
		part                      string
	}{
		{"POST", sandboxtest.ValomniaCustomers, sandboxtest.JSONType, 415, "unsupported_media_type"},
		{"POST", sandboxtest.ValomniaCustomers, "multipart/form-data; boundary=x", 500, "Oops! Something went wrong..."},
		{"PUT", sandboxtest.ValomniaCustomers, sandboxtest.FormType, 405, ""},
		{"GET", sandboxtest.ValomniaLogin, sandboxtest.FormType, 405, ""},
		{"POST", "/api/latest/customers", sandboxtest.FormType, 404, "not_found"},
		{"GET", sandboxtest.ValomniaCustomers + "/reference/none", "", 404, "not_found"},
		{"GET", sandboxtest.ValomniaCustomers + "/none", "", 404, "not_found"},
		{"GET", "/api/v1.0/nothing", "", 404, "not_found"},
	} {
		r := w.Send(test.method, test.path, "{}", "Content-Type", test.contentType, "Cookie", session)
		if r.Status != test.status || !strings.Contains(r.Body, test.part) {
			t.Errorf("%s %s: %d %s", test.method, test.path, r.Status, r.Body)
		}
	}
}
