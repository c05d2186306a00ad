package sandbox_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
)

const avvioAPI = "/api/ws_api"

// avvioRequest is the documented request with the demo credentials, changed.
func (w *world) avvioRequest(changes map[string]any) string {
	w.Helper()
	request := alter(w.T, w.fixture("avvio_create_request.json"), map[string]any{
		"userAuth": map[string]any{"username": w.credentials.Avvio.Username, "password": w.credentials.Avvio.Password},
	})
	return alter(w.T, request, changes)
}

func (w *world) avvio(changes map[string]any) reply {
	w.Helper()
	return w.send("POST", avvioAPI, w.avvioRequest(changes), "Content-Type", jsonType)
}

func TestAvvioDocumentedSample(t *testing.T) {
	w := newWorld(t)
	r := w.avvio(nil)
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	sameJSON(t, r.body, w.fixture("avvio_create_answer.json"))

	held := w.held("avvio")
	if len(held) != 1 || held[0].Key != "joe.blogs@gmail.com" {
		t.Fatalf("held: %+v", held)
	}
	for name, value := range at(t, parseJSON(t, w.fixture("avvio_create_request.json")), "accountInformation").(map[string]any) {
		if want := map[bool]any{true: "***", false: value}[name == "password"]; held[0].Record[name] != want {
			t.Errorf("%s held as %v", name, held[0].Record[name])
		}
	}
	if raw := w.send("GET", "/sandbox/records", "").body; strings.Contains(raw, "password123") || strings.Contains(raw, w.credentials.Avvio.Password) {
		t.Errorf("a password is shown: %s", raw)
	}
}

func TestAvvioCreatesEveryTime(t *testing.T) {
	w := newWorld(t)
	first, second := w.avvio(nil).json(t), w.avvio(nil).json(t)
	if first["accountID"] == second["accountID"] || second["status"] != "ok" {
		t.Errorf("%v, %v", first, second)
	}
	if held := w.held("avvio"); len(held) != 2 || held[0].Created != 2 || held[1].Created != 2 {
		t.Errorf("held: %+v", held)
	}
	w.avvio(map[string]any{"accountInformation.email": absent{}})
	if held := w.held("avvio"); len(held) != 3 || held[0].Key != "8796093023824" {
		t.Errorf("without an email: %+v", held)
	}
}

func TestAvvioAccounts(t *testing.T) {
	clock := newClock()
	w := newWorld(t, sandbox.WithClock(clock.Now))
	list := func(changes map[string]any) []any {
		changes["operation"] = "getAccounts"
		answer := w.avvio(changes).json(t)
		if answer["status"] != "ok" || at(t, answer, "siteList", 0, "siteID") != 1853.0 {
			t.Fatalf("%v: %v", changes, answer)
		}
		return at(t, answer, "siteList", 0, "accountList").([]any)
	}
	if got := list(map[string]any{}); len(got) != 0 {
		t.Errorf("at first: %v", got)
	}
	w.avvio(nil)
	clock.advance(24 * time.Hour)
	w.avvio(map[string]any{"accountInformation.email": "b@b.example"})
	all := list(map[string]any{"siteIDList": []any{1853}, "afterDate": ""})
	want := map[string]any{
		"accountID": 8796093023822.0, "dtCreated": "2024-03-01 12:00:00", "dtModified": "2024-03-01 12:00:00",
		"username": "joe.blogs@gmail.com", "status": "active", "email": "joe.blogs@gmail.com",
		"name": map[string]any{"title": "Mr", "first": "Joe", "last": "Bloggs"},
		"address": map[string]any{
			"line1": "Avvio House, Lonsdale Road", "line2": "National Technology Park", "town": "Castletroy",
			"zip": "V94 AW2X", "county": "Co. Limerick", "country": "IE",
		},
	}
	if len(all) != 2 || !reflect.DeepEqual(all[0], want) {
		t.Errorf("all: %v", all)
	}
	for day, count := range map[string]int{"2024-02-29": 2, "2024-03-01": 1, "2024-03-02": 0} {
		if got := list(map[string]any{"afterDate": day}); len(got) != count {
			t.Errorf("after %s: %v", day, got)
		}
	}
	access := w.avvio(map[string]any{"operation": "getSiteAccess"}).json(t)
	if access["status"] != "ok" || at(t, access, "siteList", 0, "siteID") != 1853.0 {
		t.Errorf("access: %v", access)
	}
}

func TestAvvioFailures(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		changes map[string]any
		part    string // of the message
	}{
		"wrong user":          {map[string]any{"userAuth.username": "x"}, "authenticated"},
		"wrong password":      {map[string]any{"userAuth.password": "x"}, "authenticated"},
		"no credentials":      {map[string]any{"userAuth": absent{}}, "authenticated"},
		"access, wrong user":  {map[string]any{"operation": "getSiteAccess", "userAuth.username": "x"}, "authenticated"},
		"no operation":        {map[string]any{"operation": absent{}}, "operation"},
		"unknown operation":   {map[string]any{"operation": "createaccount"}, "operation"},
		"no site":             {map[string]any{"siteID": absent{}}, "siteID"},
		"site as text":        {map[string]any{"siteID": "1853"}, "siteID"},
		"site in parts":       {map[string]any{"siteID": 1853.5}, "siteID"},
		"another's site":      {map[string]any{"siteID": 1854}, "1854"},
		"no information":      {map[string]any{"accountInformation": absent{}}, "accountInformation"},
		"no first name":       {map[string]any{"accountInformation.nameFirst": absent{}}, "nameFirst"},
		"empty last name":     {map[string]any{"accountInformation.nameLast": ""}, "nameLast"},
		"no password":         {map[string]any{"accountInformation.password": nil}, "password"},
		"number as text":      {map[string]any{"accountInformation.phoneNumber": 61}, "phoneNumber"},
		"sites not listed":    {map[string]any{"operation": "getAccounts", "siteIDList": 1853}, "siteIDList"},
		"others' sites":       {map[string]any{"operation": "getAccounts", "siteIDList": []any{7}}, "7"},
		"after what":          {map[string]any{"operation": "getAccounts", "afterDate": "yesterday"}, "afterDate"},
		"after a number":      {map[string]any{"operation": "getAccounts", "afterDate": 20240101}, "afterDate"},
		"a list for an order": {map[string]any{"operation": []any{}}, "operation"},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.avvio(test.changes)
			message, _ := r.json(t)["message"].(string)
			if r.status != 200 || r.json(t)["status"] != "error" || !strings.Contains(message, test.part) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	for _, test := range []struct{ body, contentType string }{{"{", jsonType}, {"[]", jsonType}, {"a=b", formType}} {
		if r := w.send("POST", avvioAPI, test.body, "Content-Type", test.contentType); r.status != 200 || r.json(t)["status"] != "error" {
			t.Errorf("%s: %d %s", test.body, r.status, r.body)
		}
	}
	if r := w.send("GET", avvioAPI, ""); r.status != 405 {
		t.Errorf("GET: %d", r.status)
	}
	if held := w.held("avvio"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
}
