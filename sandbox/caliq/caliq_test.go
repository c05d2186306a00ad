package caliq_test

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

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

// Caliq understands the page's sample, and refuses it by the page's own limits: "sample string 11"
// is no country of three letters.
func TestCaliqDocumentedSample(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	r := w.Caliq(sandboxtest.CaliqCreate, sandboxtest.Alter(t, w.Fixture("caliq/create_request.json"), map[string]any{"apiKey": w.Credentials.Caliq.APIKey}))
	want := sandboxtest.ParseJSON(t, w.Fixture("caliq/create_response.json"))
	got := r.JSON(t)
	if r.Status != 200 || sandboxtest.At(t, got, "CustomerCreateData", "OK") != false || sandboxtest.At(t, got, "CustomerCreateData", "AccountNo") != nil {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	got["CustomerCreateData"].(map[string]any)["AccountNo"] = "" // null when refused
	if !reflect.DeepEqual(shape(got), shape(want)) {
		t.Errorf("shape of a refusal: %s", r.Body)
	}

	accepted := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(nil)).JSON(t)
	if sandboxtest.At(t, accepted, "CustomerCreateData", "OK") != true || sandboxtest.At(t, accepted, "CustomerCreateData", "AccountNo") != "A-1" {
		t.Fatalf("accepted: %v", accepted)
	}
	want["CustomerCreateData"].(map[string]any)["CustomerCreateIssues"] = []any{}
	if !reflect.DeepEqual(shape(accepted), shape(want)) {
		t.Errorf("shape of a success: %v", accepted)
	}
	held := w.Records("caliq")
	if len(held) != 1 || held[0].Key != "A-1" {
		t.Fatalf("held: %+v", held)
	}
	for name := range sandboxtest.ParseJSON(t, w.CaliqRequest(nil)) {
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
	w := sandboxtest.NewWorld(t)
	sample := strings.ReplaceAll(w.Fixture("caliq/create_request.xml"), "<apiKey>sample string 1<", "<apiKey>"+w.Credentials.Caliq.APIKey+"<")
	refused := w.Caliq(sandboxtest.CaliqCreate, sample, "Content-Type", sandboxtest.XMLType)
	want := elements(t, w.Fixture("caliq/create_response.xml"))
	want = slices.DeleteFunc(want, func(path string) bool { return strings.HasSuffix(path, "/AccountNo") }) // not when refused
	if got := elements(t, refused.Body); refused.Status != 200 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d %s\n%v\n%v", refused.Status, refused.Body, got, want)
	}
	var fields strings.Builder
	for name, value := range sandboxtest.ParseJSON(t, w.CaliqRequest(nil)) {
		fmt.Fprintf(&fields, "<%s>%v</%[1]s>", name, value)
	}
	body := "<CustomerCreateParams>" + fields.String() + "</CustomerCreateParams>"
	for _, test := range []struct {
		name, body, contentType, accept string
		status                          int
		answered                        string
	}{
		{"as the request", body, "text/xml; charset=utf-8", "*/*", 200, "<OK>true</OK>"},
		{"JSON accepted", body, sandboxtest.XMLType, sandboxtest.JSONType, 200, `"OK":true`},
		{"XML accepted", w.CaliqRequest(nil), sandboxtest.JSONType, sandboxtest.XMLType, 200, "<OK>true</OK>"},
		{"both accepted", w.CaliqRequest(nil), "text/json", "text/json, text/xml", 200, `"OK":true`},
		{"other root", strings.ReplaceAll(body, "CustomerCreateParams", "Customer"), sandboxtest.XMLType, "", 400, "<Error>"},
		{"not XML", "<CustomerCreateParams>", sandboxtest.XMLType, "", 400, "<Error>"},
		{"bad flag", strings.Replace(body, "<AllowInvoices>true", "<AllowInvoices>maybe", 1), sandboxtest.XMLType, "", 400, "AllowInvoices"},
		{"wrong key", "<CustomerCreateParams><apiKey>x</apiKey></CustomerCreateParams>", sandboxtest.XMLType, "", 401, "<Error>"},
		{"nil", strings.Replace(body, "<Surname>", `<Surname xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">`, 1), sandboxtest.XMLType, "", 200, "<ExtraData>Surname</ExtraData>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := w.Caliq(sandboxtest.CaliqCreate, test.body, "Content-Type", test.contentType, "Accept", test.accept)
			if r.Status != test.status || !strings.Contains(r.Body, test.answered) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	if held := w.Records("caliq"); len(held) != 4 || held[0].Created != 4 {
		t.Errorf("held: %+v", held)
	}
	key := "<apiKey>" + w.Credentials.Caliq.APIKey + "</apiKey>"
	if r := w.Caliq(sandboxtest.CaliqChange, "<CustomerChangeParams>"+key+"<ChangesSince/></CustomerChangeParams>", "Content-Type", sandboxtest.XMLType); !strings.Contains(r.Body, "<AccountNo>A-1</AccountNo>") {
		t.Errorf("changes: %d %s", r.Status, r.Body)
	}
	if r := w.Caliq(sandboxtest.CaliqMessage, "<MessageParams>"+key+"</MessageParams>", "Content-Type", sandboxtest.XMLType); !strings.Contains(r.Body, "<Description>") {
		t.Errorf("messages: %d %s", r.Status, r.Body)
	}
}

func TestCaliqIssues(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	tests := map[string]map[string]any{}
	for _, name := range strings.Fields("ChannelID AccountNo Line1 Country AllowDeliveries AllowInvoices Firstname Surname Email Currency") {
		tests[name+" missing"] = map[string]any{name: sandboxtest.Absent{}}
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
			r := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(changes))
			name, _, _ := strings.Cut(title, " ")
			data := r.JSON(t)["CustomerCreateData"]
			issues := sandboxtest.At(t, data, "CustomerCreateIssues").([]any)
			if r.Status != 200 || sandboxtest.At(t, data, "OK") != false || len(issues) != 1 || sandboxtest.At(t, issues, 0, "ExtraData") != name {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
			catalogue := w.Caliq(sandboxtest.CaliqMessage, sandboxtest.Alter(t, "{}", map[string]any{"apiKey": w.Credentials.Caliq.APIKey})).JSON(t)
			for _, message := range catalogue["MessagesList"].([]any) {
				if sandboxtest.At(t, message, "ID") == sandboxtest.At(t, issues, 0, "ID") && sandboxtest.At(t, message, "Description") == sandboxtest.At(t, issues, 0, "Message") {
					return
				}
			}
			t.Errorf("not in the catalogue: %v", issues)
		})
	}
	if held := w.Records("caliq"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
	all := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"Surname": "", "Town": strings.Repeat("x", 51), "Country": "XXX"})).JSON(t)
	if issues := sandboxtest.At(t, all, "CustomerCreateData", "CustomerCreateIssues").([]any); len(issues) != 3 {
		t.Errorf("not all at once: %v", issues)
	}
}

func TestCaliqRequestErrors(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for _, test := range []struct {
		method, path, body, contentType string
		status                          int
	}{
		{"POST", sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"apiKey": "x"}), sandboxtest.JSONType, 401},
		{"POST", sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"apiKey": sandboxtest.Absent{}}), sandboxtest.JSONType, 401},
		{"POST", sandboxtest.CaliqChange, `{"apiKey":"x"}`, sandboxtest.JSONType, 401},
		{"POST", sandboxtest.CaliqMessage, `{"apiKey":"x"}`, sandboxtest.JSONType, 401},
		{"POST", sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"AllowInvoices": "yes"}), sandboxtest.JSONType, 400},
		{"POST", sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"ChannelID": 1.5}), sandboxtest.JSONType, 400},
		{"POST", sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"Surname": 5}), sandboxtest.JSONType, 400},
		{"POST", sandboxtest.CaliqCreate, "", sandboxtest.JSONType, 400},
		{"POST", sandboxtest.CaliqCreate, "null", sandboxtest.JSONType, 400},
		{"POST", sandboxtest.CaliqChange, sandboxtest.Alter(t, `{"ChangesSince":"2024-01-01"}`, map[string]any{"apiKey": w.Credentials.Caliq.APIKey}), sandboxtest.JSONType, 400},
		{"POST", sandboxtest.CaliqCreate, "a=b", sandboxtest.FormType, 415},
		{"GET", sandboxtest.CaliqCreate, "", "", 405},
		{"POST", "/api/v1/Nothing", "{}", sandboxtest.JSONType, 404},
	} {
		r := w.Send(test.method, test.path, test.body, "Content-Type", test.contentType)
		if message, _ := r.JSON(t)["Message"].(string); r.Status != test.status || message == "" {
			t.Errorf("%s %s %.40s: %d %s", test.method, test.path, test.body, r.Status, r.Body)
		}
	}
}

func TestCaliqChanges(t *testing.T) {
	clock := sandboxtest.NewClock()
	w := sandboxtest.NewWorld(t, sandbox.WithClock(clock.Now))
	changes := func(since any) sandboxtest.Reply {
		return w.Caliq(sandboxtest.CaliqChange, sandboxtest.Alter(t, "{}", map[string]any{"apiKey": w.Credentials.Caliq.APIKey, "ChangesSince": since}))
	}
	if r := changes(""); r.Status != 204 || r.Body != "" {
		t.Errorf("none: %d %q", r.Status, r.Body)
	}
	first := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(nil)).JSON(t)
	clock.Advance(24 * time.Hour)
	w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"AccountNo": "A-2"}))
	if list := changes(nil).JSON(t)["CustomerChangeList"].([]any); len(list) != 2 ||
		sandboxtest.At(t, list, 0, "AccountNo") != "A-1" || sandboxtest.At(t, list, 0, "ID") != sandboxtest.At(t, first, "CustomerCreateData", "AccountID") {
		t.Errorf("all: %v", list)
	}
	if list := changes("20240302").JSON(t)["CustomerChangeList"].([]any); len(list) != 1 || sandboxtest.At(t, list, 0, "AccountNo") != "A-2" {
		t.Errorf("since the second day: %v", list)
	}
	if r := changes("20240303"); r.Status != 204 {
		t.Errorf("since tomorrow: %d %s", r.Status, r.Body)
	}
}

func TestCaliqOptions(t *testing.T) {
	for name, test := range map[string]struct {
		option sandbox.Option
		second map[string]any
		refuse string // the field for which the second create is refused
	}{
		"unique AccountNo":         {sandbox.With(func(s *caliq.Settings) { s.UniqueAccountNo = true }), nil, "AccountNo"},
		"unique Email":             {sandbox.With(func(s *caliq.Settings) { s.UniqueEmail = true }), map[string]any{"AccountNo": "A-2", "Email": "A@B.example"}, "Email"},
		"auto numbering, given":    {sandbox.With(func(s *caliq.Settings) { s.AutoNumbering = true }), nil, "AccountNo"},
		"auto numbering, left out": {sandbox.With(func(s *caliq.Settings) { s.AutoNumbering = true }), map[string]any{"AccountNo": ""}, ""},
		"neither":                  {sandbox.With(func(*caliq.Settings) {}), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t, test.option)
			w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(nil))
			data := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(test.second)).JSON(t)["CustomerCreateData"]
			if test.refuse == "" {
				if sandboxtest.At(t, data, "OK") != true || sandboxtest.At(t, data, "AccountNo") == "" {
					t.Errorf("refused: %v", data)
				}
				if last := w.Records("caliq"); last[len(last)-1].Record["AccountNo"] != sandboxtest.At(t, data, "AccountNo") {
					t.Errorf("held: %+v, answered: %v", last, data)
				}
			} else if sandboxtest.At(t, data, "OK") != false || sandboxtest.At(t, data, "CustomerCreateIssues", 0, "ExtraData") != test.refuse {
				t.Errorf("not refused: %v", data)
			}
		})
	}
}
