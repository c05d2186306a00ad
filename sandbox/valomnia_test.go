package sandbox_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
)

const (
	valomniaLogin     = "/j_spring_security_check"
	valomniaCustomers = "/api/v1.0/customers"
)

func (w *world) valomniaForm(changes map[string]string) string {
	c := w.credentials.Valomnia
	form := url.Values{"j_username": {c.Username}, "j_password": {c.Password}, "ajax": {"true"}}
	for name, value := range changes {
		form.Set(name, value)
	}
	return form.Encode()
}

// valomniaSession logs in and returns the Cookie header.
func (w *world) valomniaSession() string {
	w.Helper()
	r := w.send("POST", valomniaLogin, w.valomniaForm(nil), "Content-Type", formType)
	cookie, err := http.ParseSetCookie(r.header.Get("Set-Cookie"))
	if err != nil || r.status != 302 || r.header.Get("Location") != "/login/ajaxSuccess" {
		w.Fatalf("login: %d %v %v", r.status, r.header, err)
	}
	return cookie.Name + "=" + cookie.Value
}

// form writes "name=value" pairs as a form.
func form(values ...string) string {
	all := url.Values{}
	for _, pair := range values {
		name, value, _ := strings.Cut(pair, "=")
		all.Set(name, value)
	}
	return all.Encode()
}

func (w *world) valomniaCreate(session string, values ...string) reply {
	w.Helper()
	return w.send("POST", valomniaCustomers, form(values...), "Content-Type", formType, "Cookie", session)
}

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
	w := newWorld(t, sandbox.WithClock(func() time.Time { return then }))
	session := w.valomniaSession()
	body, contentType := withImage(t, []byte("\x89PNG\r\n\x1a\n and so on"),
		"reference=NC-3", "name=Marie's Jewelry", "categoryId=2", "billWithParent=true", "customerSegmentationId=1",
		"billingCountry=France", "billingCity=Nice", "creditLimit=5000", "dueDateConfigNumber=7", "dueDateConfigType=1",
		`paymentTypes=[{"id"=7},{"id"=8}]`, "regionId=3")
	r := w.send("POST", valomniaCustomers, body, "Content-Type", contentType, "Cookie", session)
	if r.status != 201 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	logo, _ := r.json(t)["logo"].(string)
	if !strings.HasSuffix(logo, "_logo_color_272x92dp.png") || !strings.HasPrefix(logo, w.url+"/entity1-") {
		t.Errorf("logo: %s", logo)
	}
	// The published address of the logo names a host and a time of the vendor's.
	want := alter(t, w.fixture("valomnia_create_answer.json"), map[string]any{"logo": logo})
	sameJSON(t, r.body, want)
	sameJSON(t, w.send("GET", valomniaCustomers+"/256", "", "Cookie", session).body, want)
	sameJSON(t, w.send("GET", valomniaCustomers+"/reference/NC-3", "", "Cookie", session).body, want)
	if got := w.send("GET", "/api/v2.1/customers/256", "", "Cookie", session).json(t); at(t, got, "region", "href") != "/api/v2.1/regions/3" {
		t.Errorf("href: %v", got["region"])
	}
	held := w.held("valomnia")
	if len(held) != 1 || held[0].Key != "NC-3" || at(t, held[0].Record, "imageFile", "type") != "image/png" {
		t.Errorf("held: %+v", held)
	}
}

func TestValomniaHoldsEveryParameter(t *testing.T) {
	w := newWorld(t)
	session := w.valomniaSession()
	w.valomniaCreate(session, "reference=parent", "name=Parent")
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
	r := w.valomniaCreate(session, values...)
	if r.status != 201 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	held := w.held("valomnia")[0].Record
	for _, pair := range values {
		if name, _, _ := strings.Cut(pair, "="); held[name] == nil {
			t.Errorf("%s is not held", name)
		}
	}
	got := w.send("GET", valomniaCustomers+"/reference/R%C3%A9f%2F1", "", "Cookie", session).json(t)
	for _, check := range []struct{ got, want any }{
		{got["name"], "Crème & Fils"},
		{got["billingCountry"], "FR"},
		{got["country"], "DE"},
		{got["billingLng"], -7.25},
		{at(t, got, "parentCustomer", "reference"), "parent"},
		{at(t, got, "createdBy", "reference"), "emp-003"},
		{got["isActive"], false},
		{got["onHold"], true},
		{got["dueDateConfigType"], "daysAfterEndOfInvoiceMonth"},
		{at(t, got, "paymentTypes", 0, "id"), 7.0},
		{got["currency"], "EUR"},
		{at(t, got, "region", "name"), "Paris"},
	} {
		if check.got != check.want {
			t.Errorf("got %v, want %v", check.got, check.want)
		}
	}
}

func TestValomniaFailures(t *testing.T) {
	w := newWorld(t)
	session := w.valomniaSession()
	w.valomniaCreate(session, "reference=taken", "name=x")
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
			r := w.valomniaCreate(session, append([]string{"reference=R", "name=N"}, strings.Split(test.values, "|")...)...)
			got := r.json(t)
			if r.status != test.status || got["error"] != test.code || got["error_description"] != test.description {
				t.Errorf("%q: %d %s", test.values, r.status, r.body)
			}
		})
	}
	if held := w.held("valomnia"); len(held) != 1 {
		t.Errorf("held: %+v", held)
	}
}

func TestValomniaImages(t *testing.T) {
	w := newWorld(t)
	session := w.valomniaSession()
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
			r := w.send("POST", valomniaCustomers, body, "Content-Type", contentType, "Cookie", session)
			if r.status != test.status || r.json(t)["error"] != test.code {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	if got := len(w.held("valomnia")); got != 3 {
		t.Errorf("%d held", got)
	}
}

func TestValomniaLogin(t *testing.T) {
	clock := newClock()
	w := newWorld(t, sandbox.WithClock(clock.Now), sandbox.WithTokenLifetime(time.Minute))
	for name, changes := range map[string]map[string]string{
		"wrong user": {"j_username": "x"}, "wrong password": {"j_password": "x"}, "neither": {"j_username": "", "j_password": ""},
	} {
		r := w.send("POST", valomniaLogin, w.valomniaForm(changes), "Content-Type", formType)
		cookie, _, _ := strings.Cut(r.header.Get("Set-Cookie"), ";")
		location := r.header.Get("Location")
		if r.status != 302 || !strings.HasPrefix(location, "/login/authfail") || !strings.HasPrefix(cookie, "JSESSIONID=") {
			t.Errorf("%s: %d %v", name, r.status, r.header)
		}
		if page := w.send("GET", location, "", "Cookie", cookie).json(t); page["success"] != false {
			t.Errorf("%s: %v", name, page)
		}
		if r := w.send("GET", valomniaCustomers+"/1", "", "Cookie", cookie); r.status != 401 || r.json(t)["error"] != "no_credentials" {
			t.Errorf("%s: the session of a failed login: %d %s", name, r.status, r.body)
		}
	}
	if r := w.send("POST", valomniaLogin, w.valomniaForm(map[string]string{"ajax": ""}), "Content-Type", formType); r.header.Get("Location") != "/" {
		t.Errorf("without ajax: %v", r.header)
	}
	if r := w.send("GET", "/login/ajaxSuccess", ""); r.status != 401 {
		t.Errorf("not logged in: %d", r.status)
	}
	session := w.valomniaSession()
	if page := w.send("GET", "/login/ajaxSuccess", "", "Cookie", session).json(t); page["success"] != true || page["token"] == "" || page["user"] == nil {
		t.Errorf("logged in: %v", page)
	}
	read := func() int { return w.send("GET", valomniaCustomers+"/1", "", "Cookie", session).status }
	for range 3 {
		if clock.advance(40 * time.Second); read() != 404 {
			t.Error("a session in use ended")
		}
	}
	if clock.advance(time.Minute); read() != 401 {
		t.Error("a session left alone lives on")
	}
}

func TestValomniaRequestErrors(t *testing.T) {
	w := newWorld(t)
	session := w.valomniaSession()
	for _, test := range []struct {
		method, path, contentType string
		status                    int
		part                      string
	}{
		{"POST", valomniaCustomers, jsonType, 415, "unsupported_media_type"},
		{"POST", valomniaCustomers, "multipart/form-data; boundary=x", 500, "Oops! Something went wrong..."},
		{"PUT", valomniaCustomers, formType, 405, ""},
		{"GET", valomniaLogin, formType, 405, ""},
		{"POST", "/api/latest/customers", formType, 404, "not_found"},
		{"GET", valomniaCustomers + "/reference/none", "", 404, "not_found"},
		{"GET", valomniaCustomers + "/none", "", 404, "not_found"},
		{"GET", "/api/v1.0/nothing", "", 404, "not_found"},
	} {
		r := w.send(test.method, test.path, "{}", "Content-Type", test.contentType, "Cookie", session)
		if r.status != test.status || !strings.Contains(r.body, test.part) {
			t.Errorf("%s %s: %d %s", test.method, test.path, r.status, r.body)
		}
	}
}
