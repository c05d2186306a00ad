package sandbox_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
)

const (
	sellAndSignModel     = "/calinda/hub/selling/model/"
	sellAndSignUpdate    = sellAndSignModel + "customer/update?action=selectOrCreateCustomer"
	sellAndSignRead      = sellAndSignModel + "customer/read?action=getCustomer"
	contractorsRead      = sellAndSignModel + "contractor/read?action=getContractorsFor"
	sellAndSignList      = sellAndSignModel + "customerproperty/list?action=getCustomerPropertyListFor"
	sellAndSignSet       = sellAndSignModel + "customerproperty/update?action=getOrCreateCustomerProperty"
	sellAndSignNumber    = "AM201603021055"
	sellAndSignByNumber  = "&number=" + sellAndSignNumber
	sellAndSignSampleAge = 1456913816030 // milliseconds since 1970
)

func (w *world) sellAndSign(method, path string) reply {
	w.Helper()
	return w.send(method, path, "", "j_token", w.credentials.SellAndSign.Token)
}

// sellAndSignQuery is the documented request's query with some values replaced,
// or left out if "-".
func (w *world) sellAndSignQuery(changes map[string]string) string {
	w.Helper()
	query, err := url.ParseQuery(w.fixture("sellandsign_create_request.txt"))
	if err != nil {
		w.Fatal(err)
	}
	for name, value := range changes {
		if query.Set(name, value); value == "-" {
			query.Del(name)
		}
	}
	return "&" + query.Encode()
}

func TestSellAndSignDocumentedSample(t *testing.T) {
	at := func() time.Time { return time.UnixMilli(sellAndSignSampleAge) }
	w := newWorld(t, sandbox.WithClock(at))
	token := "&j_token=" + url.QueryEscape(w.credentials.SellAndSign.Token)
	r := w.send("POST", sellAndSignUpdate+"&"+w.fixture("sellandsign_create_request.txt")+token, "")
	// The published answer does not go with the published request in these three.
	want := alter(t, w.fixture("sellandsign_create_answer.json"), map[string]any{
		"companyName": "CUSTOMER", "registrationNumber": "SIRET123", "customerCode": "SIRET123",
	})
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	sameJSON(t, r.body, want)
	sameJSON(t, w.sellAndSign("GET", sellAndSignRead+sellAndSignByNumber).body, want)
}

func TestSellAndSignMergesByNumber(t *testing.T) {
	w := newWorld(t)
	first := w.sellAndSign("POST", sellAndSignUpdate+w.sellAndSignQuery(nil)).json(t)
	second := w.sellAndSign("POST", sellAndSignUpdate+w.sellAndSignQuery(map[string]string{"city": "Besançon", "phone": ""})).json(t)
	if first["creationDate"] != first["syncTimer"] {
		t.Errorf("created: %v", first)
	}
	if second["creationDate"] != first["creationDate"] || second["syncTimer"].(float64) <= first["syncTimer"].(float64) {
		t.Errorf("updated: %v", second)
	}
	if second["actorId"] != first["actorId"] || second["city"] != "Besançon" || second["phone"] != "" {
		t.Errorf("updated: %v", second)
	}
	if held := w.held("sellandsign"); len(held) != 1 || held[0].Created != 1 || held[0].Updated != 1 {
		t.Errorf("held: %+v", held)
	}
}

func TestSellAndSignBodies(t *testing.T) {
	w := newWorld(t)
	token := w.credentials.SellAndSign.Token
	query := w.sellAndSignQuery(nil)
	values, _ := url.ParseQuery(query[1:])
	object := map[string]any{}
	for name := range values {
		object[name] = values.Get(name)
	}
	object["birthdate"] = 86400000
	inJSON, _ := json.Marshal(object)
	for _, test := range []struct {
		contentType, body string
		status            int
	}{
		{jsonType, string(inJSON), 200},
		{formType, query[1:], 200},
		{jsonType, "{", 400},
		{jsonType, `{"number":["1"]}`, 400},
		{jsonType, `{"number":null,"civility":true}`, 400},
		{formType, "%zz", 400},
		{"text/plain", "x", 415},
	} {
		r := w.send("POST", sellAndSignUpdate, test.body, "Content-Type", test.contentType, "j_token", token)
		if r.status != test.status {
			t.Errorf("%s %.20s: %d %s", test.contentType, test.body, r.status, r.body)
		}
	}
	if held := w.held("sell_and_sign"); len(held) != 1 || held[0].Updated != 1 || held[0].Record["birthdate"] != -1.0 {
		t.Errorf("held: %+v", held)
	}
}

func TestSellAndSignRefusals(t *testing.T) {
	w := newWorld(t)
	tests := map[string]map[string]string{}
	for _, name := range strings.Fields("number civility firstname lastname email cell_phone address_1 postal_code city country customer_code") {
		tests["no "+name] = map[string]string{name: "-"}
		tests["empty "+name] = map[string]string{name: ""}
	}
	for _, name := range strings.Fields("company_name registration_number address_2 phone job_title birthdate birthplace") {
		tests["no "+name] = map[string]string{name: "-"}
	}
	for name, value := range map[string]string{
		"civility": "Mr.", "firstname": "B@rnard", "lastname": "O_Neil", "email": "nobody", "cell_phone": "01 23", "country": "FRA", "birthdate": "1970-01-01",
	} {
		tests["odd "+name] = map[string]string{name: value}
	}
	for title, changes := range tests {
		t.Run(title, func(t *testing.T) {
			r := w.sellAndSign("POST", sellAndSignUpdate+w.sellAndSignQuery(changes))
			_, name, _ := strings.Cut(title, " ")
			if r.status != 400 || r.json(t)["parameter"] != name {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	if held := w.held("sell_and_sign"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
	for _, changes := range []map[string]string{{"country": "250"}, {"firstname": "Zoë-Anne d’Arc 2"}, {"cell_phone": "+33612345678"}, {"civility": "MADAME"}} {
		if r := w.sellAndSign("POST", sellAndSignUpdate+w.sellAndSignQuery(changes)); r.status != 200 {
			t.Errorf("%v: %d %s", changes, r.status, r.body)
		}
	}
}

func TestSellAndSignRequestErrors(t *testing.T) {
	w := newWorld(t)
	token := w.credentials.SellAndSign.Token
	for name, test := range map[string]struct {
		method, path, token string
		status              int
	}{
		"no token":            {"GET", sellAndSignRead + "&number=1", "", 401},
		"wrong token":         {"GET", sellAndSignRead + "&number=1", "x", 401},
		"token not escaped":   {"GET", sellAndSignRead + "&number=1&j_token=" + token, "", 401},
		"token escaped":       {"GET", sellAndSignRead + "&number=1&j_token=" + url.QueryEscape(token), "", 200},
		"no number":           {"GET", sellAndSignRead, token, 400},
		"no contractors of":   {"GET", contractorsRead, token, 400},
		"no properties of":    {"GET", sellAndSignList, token, 400},
		"negative offset":     {"GET", contractorsRead + "&number=1&offset=-1", token, 400},
		"size not a number":   {"GET", contractorsRead + "&number=1&size=x", token, 400},
		"other action":        {"GET", sellAndSignModel + "customer/read?action=other&number=1", token, 400},
		"GET for an update":   {"GET", sellAndSignUpdate, token, 405},
		"unknown URL":         {"GET", sellAndSignModel + "nothing", token, 404},
		"property of nobody":  {"POST", sellAndSignSet + "&customer_number=1&key=segment&value=a&id=-1", token, 404},
		"undeclared property": {"POST", sellAndSignSet + "&customer_number=1&key=shoe&value=a&id=-1", token, 400},
		"property without id": {"POST", sellAndSignSet + "&customer_number=1&key=segment&value=a", token, 400},
		"property id odd":     {"POST", sellAndSignSet + "&customer_number=1&key=segment&value=a&id=x", token, 400},
	} {
		t.Run(name, func(t *testing.T) {
			if r := w.send(test.method, test.path, "", "j_token", test.token); r.status != test.status {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
}

func TestSellAndSignNotFound(t *testing.T) {
	for _, test := range []struct {
		options []sandbox.Option
		status  int
		body    string
	}{
		{nil, 200, "null"},
		{[]sandbox.Option{sandbox.WithSellAndSignNotFound(200, "")}, 200, ""},
		{[]sandbox.Option{sandbox.WithSellAndSignNotFound(404, "{}")}, 404, "{}"},
	} {
		w := newWorld(t, test.options...)
		if r := w.sellAndSign("GET", sellAndSignRead+"&number=1"); r.status != test.status || r.body != test.body {
			t.Errorf("%d %q", r.status, r.body)
		}
	}
}

func TestSellAndSignContractors(t *testing.T) {
	w := newWorld(t)
	page := func(offset, size int) []any {
		r := w.sellAndSign("GET", contractorsRead+sellAndSignByNumber+"&offset="+strconv.Itoa(offset)+"&size="+strconv.Itoa(size))
		return r.json(t)["elements"].([]any)
	}
	if got := page(0, 100); len(got) != 0 {
		t.Errorf("contractors of nobody: %v", got)
	}
	w.sellAndSign("POST", sellAndSignUpdate+w.sellAndSignQuery(nil))
	own := page(0, 100)
	if len(own) != 1 || at(t, own, 0, "isDefault") != true || at(t, own, 0, "lastname") != "Sanders" || at(t, own, 0, "customerNumber") != sellAndSignNumber {
		t.Fatalf("own contractor: %v", own)
	}
	for _, order := range []string{`{"number":"AM201603021055","count":249}`, `{"number":"nobody","count":1}`, `{"number":"AM201603021055"}`, `{"numero":1}`} {
		want := map[bool]int{true: 200, false: 400}[strings.Contains(order, "249")]
		if strings.Contains(order, "nobody") {
			want = 404
		}
		if r := w.send("POST", "/sandbox/contractors", order); r.status != want {
			t.Errorf("%s: %d %s", order, r.status, r.body)
		}
	}
	seen := map[any]bool{}
	for offset := 0; ; offset += 100 {
		entries := page(offset, 100)
		for _, entry := range entries {
			seen[at(t, entry, "id")] = true
		}
		if want := min(100, 250-offset); len(entries) != want {
			t.Fatalf("at %d: %d entries, want %d", offset, len(entries), want)
		}
		if len(entries) < 100 {
			break
		}
	}
	if len(seen) != 250 || len(page(250, 100)) != 0 || len(page(9999, 1)) != 0 {
		t.Errorf("%d ids", len(seen))
	}
}

func TestSellAndSignProperties(t *testing.T) {
	w := newWorld(t, sandbox.WithSellAndSignPropertyKeys("tier"), sandbox.WithSellAndSignBareLists())
	w.sellAndSign("POST", sellAndSignUpdate+w.sellAndSignQuery(nil))
	set := func(value, id string) reply {
		return w.sellAndSign("POST", sellAndSignSet+"&customer_number="+sellAndSignNumber+"&key=tier&value="+value+"&id="+id)
	}
	entry := set("gold", "-1").json(t)
	id := strconv.FormatFloat(entry["id"].(float64), 'f', -1, 64)
	if again := set("silver", id).json(t); again["id"] != entry["id"] || again["value"] != "silver" {
		t.Errorf("set by id: %v", again)
	}
	if again := set("", "-1").json(t); again["id"] != entry["id"] || again["value"] != "" {
		t.Errorf("set by key: %v", again)
	}
	if r := set("x", "999"); r.status != 404 {
		t.Errorf("unknown id: %d %s", r.status, r.body)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(w.sellAndSign("GET", sellAndSignList+sellAndSignByNumber).body), &list); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{"id": entry["id"], "key": "tier", "value": "", "customerNumber": sellAndSignNumber}}
	if !reflect.DeepEqual(list, want) {
		t.Errorf("list: %v", list)
	}
	if got := w.held("sell_and_sign")[0].Record["properties"]; !reflect.DeepEqual(got, map[string]any{"tier": ""}) {
		t.Errorf("held properties: %v", got)
	}
}
