package sellandsign_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
)

func TestSellAndSignDocumentedSample(t *testing.T) {
	at := func() time.Time { return time.UnixMilli(1456913816030) }
	w := sandboxtest.NewWorld(t, sandbox.WithClock(at))
	token := "&j_token=" + url.QueryEscape(w.Credentials.SellAndSign.Token)
	r := w.Send("POST", sandboxtest.SellAndSignUpdate+"&"+w.Fixture("sellandsign/create_request.txt")+token, "")
	// The published response does not match the published request in these three.
	want := sandboxtest.Alter(t, w.Fixture("sellandsign/create_response.json"), map[string]any{
		"companyName": "CUSTOMER", "registrationNumber": "SIRET123", "customerCode": "SIRET123",
	})
	if r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	sandboxtest.SameJSON(t, r.Body, want)
	sandboxtest.SameJSON(t, w.SellAndSign("GET", sandboxtest.SellAndSignRead+sandboxtest.SellAndSignByNumber).Body, want)
}

func TestSellAndSignMergesByNumber(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	first := w.SellAndSign("POST", sandboxtest.SellAndSignUpdate+w.SellAndSignQuery(nil)).JSON(t)
	second := w.SellAndSign("POST", sandboxtest.SellAndSignUpdate+w.SellAndSignQuery(map[string]string{"city": "Besançon", "phone": ""})).JSON(t)
	if first["creationDate"] != first["syncTimer"] {
		t.Errorf("created: %v", first)
	}
	if second["creationDate"] != first["creationDate"] || second["syncTimer"].(float64) <= first["syncTimer"].(float64) {
		t.Errorf("updated: %v", second)
	}
	if second["actorId"] != first["actorId"] || second["city"] != "Besançon" || second["phone"] != "" {
		t.Errorf("updated: %v", second)
	}
	if held := w.Records("sellandsign"); len(held) != 1 || held[0].Created != 1 || held[0].Updated != 1 {
		t.Errorf("held: %+v", held)
	}
}

func TestSellAndSignBodies(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.Credentials.SellAndSign.Token
	query := w.SellAndSignQuery(nil)
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
		{sandboxtest.JSONType, string(inJSON), 200},
		{sandboxtest.FormType, query[1:], 200},
		{sandboxtest.JSONType, "{", 400},
		{sandboxtest.JSONType, `{"number":["1"]}`, 400},
		{sandboxtest.JSONType, `{"number":null,"civility":true}`, 400},
		{sandboxtest.FormType, "%zz", 400},
		{"text/plain", "x", 415},
	} {
		r := w.Send("POST", sandboxtest.SellAndSignUpdate, test.body, "Content-Type", test.contentType, "j_token", token)
		if r.Status != test.status {
			t.Errorf("%s %.20s: %d %s", test.contentType, test.body, r.Status, r.Body)
		}
	}
	if held := w.Records("sell_and_sign"); len(held) != 1 || held[0].Updated != 1 || held[0].Record["birthdate"] != -1.0 {
		t.Errorf("held: %+v", held)
	}
}

func TestSellAndSignRefusals(t *testing.T) {
	w := sandboxtest.NewWorld(t)
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
			r := w.SellAndSign("POST", sandboxtest.SellAndSignUpdate+w.SellAndSignQuery(changes))
			_, name, _ := strings.Cut(title, " ")
			if r.Status != 400 || r.JSON(t)["parameter"] != name {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	if held := w.Records("sell_and_sign"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
	for _, changes := range []map[string]string{{"country": "250"}, {"firstname": "Zoë-Anne d’Arc 2"}, {"cell_phone": "+33612345678"}, {"civility": "MADAME"}} {
		if r := w.SellAndSign("POST", sandboxtest.SellAndSignUpdate+w.SellAndSignQuery(changes)); r.Status != 200 {
			t.Errorf("%v: %d %s", changes, r.Status, r.Body)
		}
	}
}

func TestSellAndSignRequestErrors(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.Credentials.SellAndSign.Token
	for name, test := range map[string]struct {
		method, path, token string
		status              int
	}{
		"no token":            {"GET", sandboxtest.SellAndSignRead + "&number=1", "", 401},
		"wrong token":         {"GET", sandboxtest.SellAndSignRead + "&number=1", "x", 401},
		"token not escaped":   {"GET", sandboxtest.SellAndSignRead + "&number=1&j_token=" + token, "", 401},
		"token escaped":       {"GET", sandboxtest.SellAndSignRead + "&number=1&j_token=" + url.QueryEscape(token), "", 200},
		"no number":           {"GET", sandboxtest.SellAndSignRead, token, 400},
		"no contractors of":   {"GET", sandboxtest.ContractorsRead, token, 400},
		"no properties of":    {"GET", sandboxtest.SellAndSignList, token, 400},
		"negative offset":     {"GET", sandboxtest.ContractorsRead + "&number=1&offset=-1", token, 400},
		"size not a number":   {"GET", sandboxtest.ContractorsRead + "&number=1&size=x", token, 400},
		"other action":        {"GET", sandboxtest.SellAndSignModel + "customer/read?action=other&number=1", token, 400},
		"GET for an update":   {"GET", sandboxtest.SellAndSignUpdate, token, 405},
		"unknown URL":         {"GET", sandboxtest.SellAndSignModel + "nothing", token, 404},
		"property of nobody":  {"POST", sandboxtest.SellAndSignSet + "&customer_number=1&key=segment&value=a&id=-1", token, 404},
		"undeclared property": {"POST", sandboxtest.SellAndSignSet + "&customer_number=1&key=shoe&value=a&id=-1", token, 400},
		"property without id": {"POST", sandboxtest.SellAndSignSet + "&customer_number=1&key=segment&value=a", token, 400},
		"property id odd":     {"POST", sandboxtest.SellAndSignSet + "&customer_number=1&key=segment&value=a&id=x", token, 400},
	} {
		t.Run(name, func(t *testing.T) {
			if r := w.Send(test.method, test.path, "", "j_token", test.token); r.Status != test.status {
				t.Errorf("%d %s", r.Status, r.Body)
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
		{[]sandbox.Option{sandbox.With(func(s *sellandsign.Settings) { s.NotFoundStatus, s.NotFoundBody = 200, "" })}, 200, ""},
		{[]sandbox.Option{sandbox.With(func(s *sellandsign.Settings) { s.NotFoundStatus, s.NotFoundBody = 404, "{}" })}, 404, "{}"},
	} {
		w := sandboxtest.NewWorld(t, test.options...)
		if r := w.SellAndSign("GET", sandboxtest.SellAndSignRead+"&number=1"); r.Status != test.status || r.Body != test.body {
			t.Errorf("%d %q", r.Status, r.Body)
		}
	}
}

func TestSellAndSignContractors(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	page := func(offset, size int) []any {
		r := w.SellAndSign("GET", sandboxtest.ContractorsRead+sandboxtest.SellAndSignByNumber+"&offset="+strconv.Itoa(offset)+"&size="+strconv.Itoa(size))
		return r.JSON(t)["elements"].([]any)
	}
	if got := page(0, 100); len(got) != 0 {
		t.Errorf("contractors of nobody: %v", got)
	}
	w.SellAndSign("POST", sandboxtest.SellAndSignUpdate+w.SellAndSignQuery(nil))
	own := page(0, 100)
	if len(own) != 1 || sandboxtest.At(t, own, 0, "isDefault") != true || sandboxtest.At(t, own, 0, "lastname") != "Sanders" || sandboxtest.At(t, own, 0, "customerNumber") != sandboxtest.SellAndSignNumber {
		t.Fatalf("own contractor: %v", own)
	}
	for _, order := range []string{`{"number":"AM201603021055","count":249}`, `{"number":"nobody","count":1}`, `{"number":"AM201603021055"}`, `{"numero":1}`} {
		want := map[bool]int{true: 200, false: 400}[strings.Contains(order, "249")]
		if strings.Contains(order, "nobody") {
			want = 404
		}
		if r := w.Send("POST", "/sandbox/contractors", order); r.Status != want {
			t.Errorf("%s: %d %s", order, r.Status, r.Body)
		}
	}
	seen := map[any]bool{}
	for offset := 0; ; offset += 100 {
		entries := page(offset, 100)
		for _, entry := range entries {
			seen[sandboxtest.At(t, entry, "id")] = true
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
	w := sandboxtest.NewWorld(t, sandbox.With(func(s *sellandsign.Settings) { s.PropertyKeys, s.BareLists = []string{"tier"}, true }))
	w.SellAndSign("POST", sandboxtest.SellAndSignUpdate+w.SellAndSignQuery(nil))
	set := func(value, id string) sandboxtest.Reply {
		return w.SellAndSign("POST", sandboxtest.SellAndSignSet+"&customer_number="+sandboxtest.SellAndSignNumber+"&key=tier&value="+value+"&id="+id)
	}
	entry := set("gold", "-1").JSON(t)
	id := strconv.FormatFloat(entry["id"].(float64), 'f', -1, 64)
	if again := set("silver", id).JSON(t); again["id"] != entry["id"] || again["value"] != "silver" {
		t.Errorf("set by id: %v", again)
	}
	if again := set("", "-1").JSON(t); again["id"] != entry["id"] || again["value"] != "" {
		t.Errorf("set by key: %v", again)
	}
	if r := set("x", "999"); r.Status != 404 {
		t.Errorf("unknown id: %d %s", r.Status, r.Body)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(w.SellAndSign("GET", sandboxtest.SellAndSignList+sandboxtest.SellAndSignByNumber).Body), &list); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{"id": entry["id"], "key": "tier", "value": "", "customerNumber": sandboxtest.SellAndSignNumber}}
	if !reflect.DeepEqual(list, want) {
		t.Errorf("list: %v", list)
	}
	if got := w.Records("sell_and_sign")[0].Record["properties"]; !reflect.DeepEqual(got, map[string]any{"tier": ""}) {
		t.Errorf("held properties: %v", got)
	}
}
