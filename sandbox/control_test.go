package sandbox_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestFaultOrdersThatAreRefused(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for _, test := range []struct {
		order, field, allowed string // allowed: one of those listed
	}{
		{`{"vendor":"nobody","kind":"latency"}`, "vendor", "sell_and_sign"},
		{`{"kind":"latency"}`, "vendor", "avvio"},
		{`{"vendor":"caliq","operation":"login","kind":"status_500"}`, "operation", "messages"},
		{`{"vendor":"opencell","operation":"list_contractors","kind":"status_500"}`, "operation", "login"},
		{`{"vendor":"caliq","kind":"explode"}`, "kind", "error_but_created"},
		{`{"vendor":"caliq"}`, "kind", "drop_before"},
		{`{"vendor":"caliq","kind":"status_500","count":1}`, "field", "delay_ms"},
		{`{"vendor":"caliq","kind":"status_500","times":-1}`, "times", ""},
		{`{"vendor":"caliq","kind":"status_500","times":"2"}`, "times", ""},
		{`{"vendor":"caliq","kind":"status_500","times":1.5}`, "times", ""},
		{`{"vendor":7,"kind":"status_500"}`, "vendor", ""},
		{`{"vendor":"caliq","kind":"latency","delay_ms":-5}`, "delay_ms", ""},
		{`{"vendor":"caliq","kind":"latency","delay_ms":3600000}`, "delay_ms", ""},
		{`{"vendor":"caliq","kind":"latency"}`, "delay_ms", ""},
		{`{"vendor":"caliq","kind":"slow_lookup"}`, "delay_ms", ""},
		{`[]`, "body", ""},
		{`null`, "body", ""},
		{``, "body", ""},
		{strings.Repeat(" ", 1<<17), "body", ""},
	} {
		r := w.Send("POST", "/sandbox/faults", test.order)
		answer := r.JSON(t)
		allowed, _ := answer["allowed"].([]any)
		listed := test.allowed == ""
		for _, one := range allowed {
			listed = listed || one == test.allowed
		}
		if r.Status != 400 || answer["field"] != test.field || answer["error"] == "" || !listed {
			t.Errorf("%.60s: %d %s", test.order, r.Status, r.Body)
		}
	}
	sandboxtest.SameJSON(t, w.Send("GET", "/sandbox/faults", "").Body, `{"faults":[]}`)
}

func TestFaultOrderIsEchoed(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	r := w.Send("POST", "/sandbox/faults", `{"vendor":"sellandsign","kind":"drop_after","delay_ms":5}`)
	sandboxtest.SameJSON(t, r.Body, `{"vendor":"sell_and_sign","operation":"*","kind":"drop_after","times":1,"delay_ms":5}`)
}

func TestRecordsOfAllVendors(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	sandboxtest.SameJSON(t, w.Send("GET", "/sandbox/records", "").Body, `{"records":[]}`)
	for _, c := range sandboxtest.Clients() {
		if r, err := c.TryCreate(w, c.Session(w)); err != nil || r.Status >= 300 {
			t.Fatalf("%s: %v %d %s", c.Vendor, err, r.Status, r.Body)
		}
	}
	w.Avvio(map[string]any{"accountInformation.email": "a@a.example"})
	var keys []string
	for _, r := range w.Records("") {
		keys = append(keys, string(r.Vendor)+" "+r.Key)
	}
	want := []string{
		"avvio a@a.example", "avvio joe.blogs@gmail.com", "caliq A-1", "opencell CLASSIC-C00",
		"sell_and_sign " + sandboxtest.SellAndSignNumber, "valomnia R-1",
	}
	if !reflect.DeepEqual(keys, want) {
		t.Errorf("got %v", keys)
	}
	raw := w.Send("GET", "/sandbox/records", "").Body
	for _, secret := range []string{w.Credentials.SellAndSign.Token, w.Credentials.Caliq.APIKey, w.Credentials.Avvio.Password, "password123"} {
		if strings.Contains(raw, secret) {
			t.Errorf("%q is shown: %s", secret, raw)
		}
	}
	if r := w.Send("GET", "/sandbox/records?vendor=nobody", ""); r.Status != 400 || r.JSON(t)["field"] != "vendor" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestDeletedRecordsAreGoneAndSessionsStay(t *testing.T) {
	for _, c := range sandboxtest.Clients() {
		t.Run(c.Vendor, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			session := c.Session(w)
			for range 2 {
				if r, err := c.TryCreate(w, session); err != nil || c.Failed(t, r) || !c.Find(w, session) {
					t.Fatalf("%v %d %s", err, r.Status, r.Body)
				}
				if r := w.Send("DELETE", "/sandbox/records", ""); r.Status != 204 {
					t.Fatalf("delete: %d", r.Status)
				}
				if c.Find(w, session) || len(w.Records(c.Vendor)) != 0 {
					t.Error("still there")
				}
			}
		})
	}
}

func TestIndex(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for _, path := range []string{"/sandbox", "/sandbox/"} {
		r := w.Send("GET", path, "")
		vendors := sandboxtest.At(t, r.JSON(t), "vendors").(map[string]any)
		if r.Status != 200 || len(vendors) != len(sandbox.New().Vendors()) || sandboxtest.At(t, r.JSON(t), "credentials", "opencell", "seller_code") != "MAIN_SELLER" {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
		for _, endpoint := range []string{"POST " + sandboxtest.CaliqCreate, "POST " + sandboxtest.AvvioAPI, "POST " + sandboxtest.OpencellUpsert, "POST " + sandboxtest.ValomniaLogin} {
			if !strings.Contains(r.Body, `"`+endpoint+`"`) {
				t.Errorf("%s does not name %s", path, endpoint)
			}
		}
	}
	if r := w.Send("GET", "/nowhere", ""); r.Status != 404 || r.JSON(t)["see"] != "/sandbox" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

func TestOtherCredentials(t *testing.T) {
	w := sandboxtest.NewWorld(t, sandbox.With(func(s *caliq.Settings) { s.Credentials.APIKey = "another" }))
	if r := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(nil)); r.Status != 401 {
		t.Errorf("the demo key: %d", r.Status)
	}
	if r := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"apiKey": "another"})); r.Status != 200 {
		t.Errorf("the key set: %d", r.Status)
	}
}

// All vendors at once, for the race detector. Of many creations of one key, a vendor that enforces
// the key accepts one.
func TestManyAtOnce(t *testing.T) {
	const many = 8
	w := sandboxtest.NewWorld(t)
	var group sync.WaitGroup
	for _, c := range sandboxtest.Clients() {
		session := c.Session(w)
		for range many {
			group.Go(func() {
				if _, err := c.TryCreate(w, session); err != nil {
					t.Error(err)
				}
				c.Find(w, session)
				w.Order(`{"vendor":"` + c.Vendor + `","operation":"get","kind":"latency","delay_ms":1}`)
				w.Records("")
				w.Send("GET", "/sandbox/faults", "")
			})
		}
	}
	group.Wait()
	count := map[sandbox.Vendor]int{}
	for _, r := range w.Records("") {
		count[r.Vendor]++
	}
	want := map[sandbox.Vendor]int{"opencell": 1, "sell_and_sign": 1, "valomnia": 1, "caliq": many, "avvio": many}
	if !reflect.DeepEqual(count, want) {
		t.Errorf("created: %v", count)
	}
}
