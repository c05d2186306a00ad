package avvio_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/avvio"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestAvvioDocumentedSample(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	r := w.Avvio(nil)
	if r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	sandboxtest.SameJSON(t, r.Body, w.Fixture("avvio/create_response.json"))

	held := w.Records("avvio")
	if len(held) != 1 || held[0].Key != "joe.blogs@gmail.com" {
		t.Fatalf("held: %+v", held)
	}
	for name, value := range sandboxtest.At(t, sandboxtest.ParseJSON(t, w.Fixture("avvio/create_request.json")), "accountInformation").(map[string]any) {
		if want := map[bool]any{true: "***", false: value}[name == "password"]; held[0].Record[name] != want {
			t.Errorf("%s held as %v", name, held[0].Record[name])
		}
	}
	if raw := w.Send("GET", "/sandbox/records", "").Body; strings.Contains(raw, "password123") || strings.Contains(raw, w.Credentials.Avvio.Password) {
		t.Errorf("a password is shown: %s", raw)
	}
}

func TestAvvioCreatesEveryTime(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	first, second := w.Avvio(nil).JSON(t), w.Avvio(nil).JSON(t)
	if first["accountID"] == second["accountID"] || second["status"] != "ok" {
		t.Errorf("%v, %v", first, second)
	}
	if held := w.Records("avvio"); len(held) != 2 || held[0].Created != 2 || held[1].Created != 2 {
		t.Errorf("held: %+v", held)
	}
	w.Avvio(map[string]any{"accountInformation.email": sandboxtest.Absent{}})
	if held := w.Records("avvio"); len(held) != 3 || held[0].Key != "8796093023824" {
		t.Errorf("without an email: %+v", held)
	}
}

func TestAvvioAccounts(t *testing.T) {
	clock := sandboxtest.NewClock()
	w := sandboxtest.NewWorld(t, sandbox.WithClock(clock.Now))
	list := func(changes map[string]any) []any {
		changes["operation"] = "getAccounts"
		response := w.Avvio(changes).JSON(t)
		if _, given := response["status"]; given || sandboxtest.At(t, response, "siteList", 0, "siteID") != 1853.0 {
			t.Fatalf("%v: %v", changes, response)
		}
		return sandboxtest.At(t, response, "siteList", 0, "accountList").([]any)
	}
	if got := list(map[string]any{}); len(got) != 0 {
		t.Errorf("at first: %v", got)
	}
	w.Avvio(nil)
	clock.Advance(24 * time.Hour)
	w.Avvio(map[string]any{"accountInformation.email": "b@b.example"})
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
	access := w.Avvio(map[string]any{"operation": "getSiteAccess"}).JSON(t)
	if _, given := access["status"]; given || sandboxtest.At(t, access, "siteList", 0, "siteID") != 1853.0 {
		t.Errorf("access: %v", access)
	}
}

func TestAvvioListStatus(t *testing.T) {
	w := sandboxtest.NewWorld(t, sandbox.With(func(s *avvio.Settings) { s.ListStatus = true }))
	for _, operation := range []string{"getAccounts", "getSiteAccess"} {
		list := w.Avvio(map[string]any{"operation": operation}).JSON(t)
		if list["status"] != "ok" || sandboxtest.At(t, list, "siteList", 0, "siteID") != 1853.0 {
			t.Errorf("%s: %v", operation, list)
		}
	}
}

func TestAvvioFailures(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for name, test := range map[string]struct {
		changes map[string]any
		part    string // of the message
	}{
		"wrong user":          {map[string]any{"userAuth.username": "x"}, "authenticated"},
		"wrong password":      {map[string]any{"userAuth.password": "x"}, "authenticated"},
		"no credentials":      {map[string]any{"userAuth": sandboxtest.Absent{}}, "authenticated"},
		"access, wrong user":  {map[string]any{"operation": "getSiteAccess", "userAuth.username": "x"}, "authenticated"},
		"no operation":        {map[string]any{"operation": sandboxtest.Absent{}}, "operation"},
		"unknown operation":   {map[string]any{"operation": "createaccount"}, "operation"},
		"no site":             {map[string]any{"siteID": sandboxtest.Absent{}}, "siteID"},
		"site as text":        {map[string]any{"siteID": "1853"}, "siteID"},
		"site in parts":       {map[string]any{"siteID": 1853.5}, "siteID"},
		"another's site":      {map[string]any{"siteID": 1854}, "1854"},
		"no information":      {map[string]any{"accountInformation": sandboxtest.Absent{}}, "accountInformation"},
		"no first name":       {map[string]any{"accountInformation.nameFirst": sandboxtest.Absent{}}, "nameFirst"},
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
			r := w.Avvio(test.changes)
			message, _ := r.JSON(t)["message"].(string)
			if r.Status != 200 || r.JSON(t)["status"] != "error" || !strings.Contains(message, test.part) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	for _, test := range []struct{ body, contentType string }{{"{", sandboxtest.JSONType}, {"[]", sandboxtest.JSONType}, {"a=b", sandboxtest.FormType}} {
		if r := w.Send("POST", sandboxtest.AvvioAPI, test.body, "Content-Type", test.contentType); r.Status != 200 || r.JSON(t)["status"] != "error" {
			t.Errorf("%s: %d %s", test.body, r.Status, r.Body)
		}
	}
	if r := w.Send("GET", sandboxtest.AvvioAPI, ""); r.Status != 405 {
		t.Errorf("GET: %d", r.Status)
	}
	if held := w.Records("avvio"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
}
