package sandbox_test

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
)

const (
	caliqCreate  = "/api/v1/CustomerCreate"
	caliqChange  = "/api/v1/CustomerChange"
	caliqMessage = "/api/v1/Message"
	xmlType      = "application/xml"
)

// caliqRequest is the documented request with values that can be accepted in
// place of its "sample string"s, then changed.
func (w *world) caliqRequest(changes map[string]any) string {
	w.Helper()
	request := alter(w.T, w.fixture("caliq_create_request.json"), map[string]any{
		"apiKey": w.credentials.Caliq.APIKey, "AccountNo": "A-1", "County": "Kent", "Postcode": "CT1 2AB", "Country": "GBR", "Title": "Mrs",
		"Email": "a@b.example", "Currency": "GBP", "CustomerServiceLevel": 2, "CustomerCategory": "WEB",
	})
	return alter(w.T, request, changes)
}

func (w *world) caliq(path, body string, headers ...string) reply {
	w.Helper()
	return w.send("POST", path, body, append([]string{"Content-Type", jsonType}, headers...)...)
}

// shape replaces each value by its type, and a list by its first item's.
func shape(value any) any {
	switch v := value.(type) {
	case map[string]any:
		shaped := map[string]any{}
		for name, inner := range v {
			shaped[name] = shape(inner)
		}
		return shaped
	case []any:
		if len(v) == 0 {
			return []any{}
		}
		return []any{shape(v[0])}
	default:
		return fmt.Sprintf("%T", v)
	}
}

// The page's sample is understood, and refused by the page's own limits:
// "sample string 11" is no country of three letters.
func TestCaliqDocumentedSample(t *testing.T) {
	w := newWorld(t)
	r := w.caliq(caliqCreate, alter(t, w.fixture("caliq_create_request.json"), map[string]any{"apiKey": w.credentials.Caliq.APIKey}))
	want := parseJSON(t, w.fixture("caliq_create_answer.json"))
	got := r.json(t)
	if r.status != 200 || at(t, got, "CustomerCreateData", "OK") != false || at(t, got, "CustomerCreateData", "AccountNo") != nil {
		t.Fatalf("%d %s", r.status, r.body)
	}
	got["CustomerCreateData"].(map[string]any)["AccountNo"] = "" // null when refused
	if !reflect.DeepEqual(shape(got), shape(want)) {
		t.Errorf("shape of a refusal: %s", r.body)
	}

	accepted := w.caliq(caliqCreate, w.caliqRequest(nil)).json(t)
	if at(t, accepted, "CustomerCreateData", "OK") != true || at(t, accepted, "CustomerCreateData", "AccountNo") != "A-1" {
		t.Fatalf("accepted: %v", accepted)
	}
	want["CustomerCreateData"].(map[string]any)["CustomerCreateIssues"] = []any{}
	if !reflect.DeepEqual(shape(accepted), shape(want)) {
		t.Errorf("shape of a success: %v", accepted)
	}
	held := w.held("caliq")
	if len(held) != 1 || held[0].Key != "A-1" {
		t.Fatalf("held: %+v", held)
	}
	for name := range parseJSON(t, w.caliqRequest(nil)) {
		if got := held[0].Record[name]; (got == nil) != (name == "apiKey") {
			t.Errorf("%s held as %v", name, got)
		}
	}
}

// elements lists the paths of an XML document's elements, without repetitions.
func elements(t *testing.T, document string) []string {
	t.Helper()
	var stack, paths []string
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if err != nil {
			return paths
		}
		switch e := token.(type) {
		case xml.StartElement:
			stack = append(stack, e.Name.Local)
			if path := strings.Join(stack, "/"); !strings.Contains(strings.Join(paths, " ")+" ", path+" ") {
				paths = append(paths, path)
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

func TestCaliqXML(t *testing.T) {
	w := newWorld(t)
	sample := strings.ReplaceAll(w.fixture("caliq_create_request.xml"), "<apiKey>sample string 1<", "<apiKey>"+w.credentials.Caliq.APIKey+"<")
	refused := w.caliq(caliqCreate, sample, "Content-Type", xmlType)
	want := elements(t, w.fixture("caliq_create_answer.xml"))
	want = slices.DeleteFunc(want, func(path string) bool { return strings.HasSuffix(path, "/AccountNo") }) // not when refused
	if got := elements(t, refused.body); refused.status != 200 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d %s\n%v\n%v", refused.status, refused.body, got, want)
	}
	var fields strings.Builder
	for name, value := range parseJSON(t, w.caliqRequest(nil)) {
		fmt.Fprintf(&fields, "<%s>%v</%[1]s>", name, value)
	}
	body := "<CustomerCreateParams>" + fields.String() + "</CustomerCreateParams>"
	for _, test := range []struct {
		name, body, contentType, accept string
		status                          int
		answered                        string
	}{
		{"as the request", body, "text/xml; charset=utf-8", "*/*", 200, "<OK>true</OK>"},
		{"JSON accepted", body, xmlType, jsonType, 200, `"OK":true`},
		{"XML accepted", w.caliqRequest(nil), jsonType, xmlType, 200, "<OK>true</OK>"},
		{"both accepted", w.caliqRequest(nil), "text/json", "text/json, text/xml", 200, `"OK":true`},
		{"other root", strings.ReplaceAll(body, "CustomerCreateParams", "Customer"), xmlType, "", 400, "<Error>"},
		{"not XML", "<CustomerCreateParams>", xmlType, "", 400, "<Error>"},
		{"bad flag", strings.Replace(body, "<AllowInvoices>true", "<AllowInvoices>maybe", 1), xmlType, "", 400, "AllowInvoices"},
		{"wrong key", "<CustomerCreateParams><apiKey>x</apiKey></CustomerCreateParams>", xmlType, "", 401, "<Error>"},
		{"nil", strings.Replace(body, "<Surname>", `<Surname xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">`, 1), xmlType, "", 200, "<ExtraData>Surname</ExtraData>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := w.caliq(caliqCreate, test.body, "Content-Type", test.contentType, "Accept", test.accept)
			if r.status != test.status || !strings.Contains(r.body, test.answered) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	if held := w.held("caliq"); len(held) != 4 || held[0].Created != 4 {
		t.Errorf("held: %+v", held)
	}
	key := "<apiKey>" + w.credentials.Caliq.APIKey + "</apiKey>"
	if r := w.caliq(caliqChange, "<CustomerChangeParams>"+key+"<ChangesSince/></CustomerChangeParams>", "Content-Type", xmlType); !strings.Contains(r.body, "<AccountNo>A-1</AccountNo>") {
		t.Errorf("changes: %d %s", r.status, r.body)
	}
	if r := w.caliq(caliqMessage, "<MessageParams>"+key+"</MessageParams>", "Content-Type", xmlType); !strings.Contains(r.body, "<Description>") {
		t.Errorf("messages: %d %s", r.status, r.body)
	}
}

func TestCaliqIssues(t *testing.T) {
	w := newWorld(t)
	tests := map[string]map[string]any{}
	for _, name := range strings.Fields("ChannelID AccountNo Line1 Country AllowDeliveries AllowInvoices Firstname Surname Email Currency") {
		tests[name+" missing"] = map[string]any{name: absent{}}
		tests[name+" null"] = map[string]any{name: nil}
	}
	for name, max := range map[string]int{
		"AccountNo": 10, "CompanyName": 40, "Line1": 50, "Line2": 50, "Line3": 50, "Town": 50, "County": 25, "Postcode": 15,
		"Country": 3, "Title": 6, "Firstname": 20, "Surname": 30, "TelephoneNo": 20, "MobileNo": 20, "VATNumber": 30, "EORI": 20,
		"Currency": 3, "CustomerCategory": 4,
	} {
		tests[name+" long"] = map[string]any{name: strings.Repeat("é", max+1)}
	}
	tests["Email long"] = map[string]any{"Email": strings.Repeat("e", 60) + "@b.example1"}
	for name, value := range map[string]any{
		"ChannelID": 7, "Line1": " ", "Country": "GB!", "Currency": "QQQ", "CustomerServiceLevel": 99, "CustomerCategory": "NONE", "Email": "nobody",
	} {
		tests[name+" odd"] = map[string]any{name: value}
	}
	for title, changes := range tests {
		t.Run(title, func(t *testing.T) {
			r := w.caliq(caliqCreate, w.caliqRequest(changes))
			name, _, _ := strings.Cut(title, " ")
			data := r.json(t)["CustomerCreateData"]
			issues := at(t, data, "CustomerCreateIssues").([]any)
			if r.status != 200 || at(t, data, "OK") != false || len(issues) != 1 || at(t, issues, 0, "ExtraData") != name {
				t.Fatalf("%d %s", r.status, r.body)
			}
			catalogue := w.caliq(caliqMessage, alter(t, "{}", map[string]any{"apiKey": w.credentials.Caliq.APIKey})).json(t)
			for _, message := range catalogue["MessagesList"].([]any) {
				if at(t, message, "ID") == at(t, issues, 0, "ID") && at(t, message, "Description") == at(t, issues, 0, "Message") {
					return
				}
			}
			t.Errorf("not in the catalogue: %v", issues)
		})
	}
	if held := w.held("caliq"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
	all := w.caliq(caliqCreate, w.caliqRequest(map[string]any{"Surname": "", "Town": strings.Repeat("x", 51), "Country": "XXX"})).json(t)
	if issues := at(t, all, "CustomerCreateData", "CustomerCreateIssues").([]any); len(issues) != 3 {
		t.Errorf("not all at once: %v", issues)
	}
}

func TestCaliqRequestErrors(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		method, path, body, contentType string
		status                          int
	}{
		{"POST", caliqCreate, w.caliqRequest(map[string]any{"apiKey": "x"}), jsonType, 401},
		{"POST", caliqCreate, w.caliqRequest(map[string]any{"apiKey": absent{}}), jsonType, 401},
		{"POST", caliqChange, `{"apiKey":"x"}`, jsonType, 401},
		{"POST", caliqMessage, `{"apiKey":"x"}`, jsonType, 401},
		{"POST", caliqCreate, w.caliqRequest(map[string]any{"AllowInvoices": "yes"}), jsonType, 400},
		{"POST", caliqCreate, w.caliqRequest(map[string]any{"ChannelID": 1.5}), jsonType, 400},
		{"POST", caliqCreate, w.caliqRequest(map[string]any{"Surname": 5}), jsonType, 400},
		{"POST", caliqCreate, "", jsonType, 400},
		{"POST", caliqCreate, "null", jsonType, 400},
		{"POST", caliqChange, alter(t, `{"ChangesSince":"2024-01-01"}`, map[string]any{"apiKey": w.credentials.Caliq.APIKey}), jsonType, 400},
		{"POST", caliqCreate, "a=b", formType, 415},
		{"GET", caliqCreate, "", "", 405},
		{"POST", "/api/v1/Nothing", "{}", jsonType, 404},
	} {
		r := w.send(test.method, test.path, test.body, "Content-Type", test.contentType)
		if message, _ := r.json(t)["Message"].(string); r.status != test.status || message == "" {
			t.Errorf("%s %s %.40s: %d %s", test.method, test.path, test.body, r.status, r.body)
		}
	}
}

func TestCaliqChanges(t *testing.T) {
	clock := newClock()
	w := newWorld(t, sandbox.WithClock(clock.Now))
	changes := func(since any) reply {
		return w.caliq(caliqChange, alter(t, "{}", map[string]any{"apiKey": w.credentials.Caliq.APIKey, "ChangesSince": since}))
	}
	if r := changes(""); r.status != 204 || r.body != "" {
		t.Errorf("none: %d %q", r.status, r.body)
	}
	first := w.caliq(caliqCreate, w.caliqRequest(nil)).json(t)
	clock.advance(24 * time.Hour)
	w.caliq(caliqCreate, w.caliqRequest(map[string]any{"AccountNo": "A-2"}))
	if list := changes(nil).json(t)["CustomerChangeList"].([]any); len(list) != 2 ||
		at(t, list, 0, "AccountNo") != "A-1" || at(t, list, 0, "ID") != at(t, first, "CustomerCreateData", "AccountID") {
		t.Errorf("all: %v", list)
	}
	if list := changes("20240302").json(t)["CustomerChangeList"].([]any); len(list) != 1 || at(t, list, 0, "AccountNo") != "A-2" {
		t.Errorf("since the second day: %v", list)
	}
	if r := changes("20240303"); r.status != 204 {
		t.Errorf("since tomorrow: %d %s", r.status, r.body)
	}
}

func TestCaliqOptions(t *testing.T) {
	for name, test := range map[string]struct {
		option sandbox.Option
		second map[string]any
		refuse string // the field for which the second create is refused
	}{
		"unique AccountNo":         {sandbox.WithCaliqUniqueAccountNo(), nil, "AccountNo"},
		"unique Email":             {sandbox.WithCaliqUniqueEmail(), map[string]any{"AccountNo": "A-2", "Email": "A@B.example"}, "Email"},
		"auto numbering, given":    {sandbox.WithCaliqAutoNumbering(), nil, "AccountNo"},
		"auto numbering, left out": {sandbox.WithCaliqAutoNumbering(), map[string]any{"AccountNo": ""}, ""},
		"neither":                  {sandbox.WithCredentials(sandbox.DemoCredentials()), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.option)
			w.caliq(caliqCreate, w.caliqRequest(nil))
			data := w.caliq(caliqCreate, w.caliqRequest(test.second)).json(t)["CustomerCreateData"]
			if test.refuse == "" {
				if at(t, data, "OK") != true || at(t, data, "AccountNo") == "" {
					t.Errorf("refused: %v", data)
				}
				if last := w.held("caliq"); last[len(last)-1].Record["AccountNo"] != at(t, data, "AccountNo") {
					t.Errorf("held: %+v, answered: %v", last, data)
				}
			} else if at(t, data, "OK") != false || at(t, data, "CustomerCreateIssues", 0, "ExtraData") != test.refuse {
				t.Errorf("not refused: %v", data)
			}
		})
	}
}
