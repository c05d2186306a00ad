package sandbox_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
)

func TestFaultOrdersThatAreRefused(t *testing.T) {
	w := newWorld(t)
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
		r := w.send("POST", "/sandbox/faults", test.order)
		answer := r.json(t)
		allowed, _ := answer["allowed"].([]any)
		listed := test.allowed == ""
		for _, one := range allowed {
			listed = listed || one == test.allowed
		}
		if r.status != 400 || answer["field"] != test.field || answer["error"] == "" || !listed {
			t.Errorf("%.60s: %d %s", test.order, r.status, r.body)
		}
	}
	sameJSON(t, w.send("GET", "/sandbox/faults", "").body, `{"faults":[]}`)
}

func TestFaultOrderIsEchoed(t *testing.T) {
	w := newWorld(t)
	r := w.send("POST", "/sandbox/faults", `{"vendor":"sellandsign","kind":"drop_after","delay_ms":5}`)
	sameJSON(t, r.body, `{"vendor":"sell_and_sign","operation":"*","kind":"drop_after","times":1,"delay_ms":5}`)
}

func TestRecordsOfAllVendors(t *testing.T) {
	w := newWorld(t)
	sameJSON(t, w.send("GET", "/sandbox/records", "").body, `{"records":[]}`)
	for _, c := range clients() {
		if r, err := c.tryCreate(w, c.session(w)); err != nil || r.status >= 300 {
			t.Fatalf("%s: %v %d %s", c.vendor, err, r.status, r.body)
		}
	}
	w.avvio(map[string]any{"accountInformation.email": "a@a.example"})
	var keys []string
	for _, r := range w.held("") {
		keys = append(keys, string(r.Vendor)+" "+r.Key)
	}
	want := []string{
		"avvio a@a.example", "avvio joe.blogs@gmail.com", "caliq A-1", "opencell CLASSIC-C00",
		"sell_and_sign " + sellAndSignNumber, "valomnia R-1",
	}
	if !reflect.DeepEqual(keys, want) {
		t.Errorf("got %v", keys)
	}
	raw := w.send("GET", "/sandbox/records", "").body
	for _, secret := range []string{w.credentials.SellAndSign.Token, w.credentials.Caliq.APIKey, w.credentials.Avvio.Password, "password123"} {
		if strings.Contains(raw, secret) {
			t.Errorf("%q is shown: %s", secret, raw)
		}
	}
	if r := w.send("GET", "/sandbox/records?vendor=nobody", ""); r.status != 400 || r.json(t)["field"] != "vendor" {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestDeletedRecordsAreGoneAndSessionsStay(t *testing.T) {
	for _, c := range clients() {
		t.Run(c.vendor, func(t *testing.T) {
			w := newWorld(t)
			session := c.session(w)
			for range 2 {
				if r, err := c.tryCreate(w, session); err != nil || c.failed(t, r) || !c.find(w, session) {
					t.Fatalf("%v %d %s", err, r.status, r.body)
				}
				if r := w.send("DELETE", "/sandbox/records", ""); r.status != 204 {
					t.Fatalf("delete: %d", r.status)
				}
				if c.find(w, session) || len(w.held(c.vendor)) != 0 {
					t.Error("still there")
				}
			}
		})
	}
}

func TestIndex(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/sandbox", "/sandbox/"} {
		r := w.send("GET", path, "")
		vendors := at(t, r.json(t), "vendors").(map[string]any)
		if r.status != 200 || len(vendors) != 5 || at(t, r.json(t), "credentials", "opencell", "seller_code") != "MAIN_SELLER" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
		for _, endpoint := range []string{"POST " + caliqCreate, "POST " + avvioAPI, "POST " + opencellUpsert, "POST " + valomniaLogin} {
			if !strings.Contains(r.body, `"`+endpoint+`"`) {
				t.Errorf("%s does not name %s", path, endpoint)
			}
		}
	}
	if r := w.send("GET", "/nowhere", ""); r.status != 404 || r.json(t)["see"] != "/sandbox" {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestOtherCredentials(t *testing.T) {
	credentials := sandbox.DemoCredentials()
	credentials.Caliq.APIKey = "another"
	w := newWorld(t, sandbox.WithCredentials(credentials))
	if r := w.caliq(caliqCreate, w.caliqRequest(nil)); r.status != 401 {
		t.Errorf("the demo key: %d", r.status)
	}
	if r := w.caliq(caliqCreate, w.caliqRequest(map[string]any{"apiKey": "another"})); r.status != 200 {
		t.Errorf("the key set: %d", r.status)
	}
}

// Everything at once: for the race detector, and to see that of many creates of
// one key a vendor that enforces it lets one through.
func TestManyAtOnce(t *testing.T) {
	const many = 8
	w := newWorld(t)
	var group sync.WaitGroup
	for _, c := range clients() {
		session := c.session(w)
		for range many {
			group.Go(func() {
				if _, err := c.tryCreate(w, session); err != nil {
					t.Error(err)
				}
				c.find(w, session)
				w.order(`{"vendor":"` + c.vendor + `","operation":"get","kind":"latency","delay_ms":1}`)
				w.held("")
				w.send("GET", "/sandbox/faults", "")
			})
		}
	}
	group.Wait()
	count := map[sandbox.Vendor]int{}
	for _, r := range w.held("") {
		count[r.Vendor]++
	}
	want := map[sandbox.Vendor]int{"opencell": 1, "sell_and_sign": 1, "valomnia": 1, "caliq": many, "avvio": many}
	if !reflect.DeepEqual(count, want) {
		t.Errorf("created: %v", count)
	}
}
