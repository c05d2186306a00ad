package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestFaultsOfACreate(t *testing.T) {
	for _, c := range sandboxtest.Clients() {
		for kind, test := range map[string]struct {
			created int
			check   func(t *testing.T, r sandboxtest.Reply, err error)
		}{
			"drop_before": {0, func(t *testing.T, _ sandboxtest.Reply, err error) {
				if err == nil {
					t.Error("answered")
				}
			}},
			"drop_after": {1, func(t *testing.T, _ sandboxtest.Reply, err error) {
				if err == nil {
					t.Error("answered")
				}
			}},
			"truncated": {1, func(t *testing.T, r sandboxtest.Reply, err error) {
				if !errors.Is(err, io.ErrUnexpectedEOF) || r.Status >= 300 || json.Valid([]byte(r.Body)) || r.Body == "" {
					t.Errorf("%v, %d %q", err, r.Status, r.Body)
				}
			}},
			"malformed": {1, func(t *testing.T, r sandboxtest.Reply, err error) {
				if err != nil || r.Status != 200 || json.Valid([]byte(r.Body)) {
					t.Errorf("%v, %d %q", err, r.Status, r.Body)
				}
			}},
			"error_but_created": {1, func(t *testing.T, r sandboxtest.Reply, err error) {
				if err != nil || r.Status != c.Broken || !c.Failed(t, r) || r.Header.Get("Retry-After") != "" {
					t.Errorf("%v, %d %q", err, r.Status, r.Body)
				}
			}},
			"status_500": {0, func(t *testing.T, r sandboxtest.Reply, err error) {
				if err != nil || r.Status != 500 || !json.Valid([]byte(r.Body)) {
					t.Errorf("%v, %d %q", err, r.Status, r.Body)
				}
			}},
			"status_429": {0, func(t *testing.T, r sandboxtest.Reply, err error) {
				if err != nil || r.Status != 429 || r.Header.Get("Retry-After") != "1" {
					t.Errorf("%v, %d %v", err, r.Status, r.Header)
				}
			}},
		} {
			t.Run(c.Vendor+"/"+kind, func(t *testing.T) {
				w := sandboxtest.NewWorld(t)
				session := c.Session(w)
				c.Order(w, `"operation":"create","kind":"`+kind+`"`)
				r, err := c.TryCreate(w, session)
				test.check(t, r, err)
				if held := w.Records(c.Vendor); len(held) != test.created {
					t.Errorf("held: %+v", held)
				}
				if left := w.Send("GET", "/sandbox/faults", "").JSON(t)["faults"].([]any); len(left) != 0 {
					t.Errorf("left: %v", left)
				}
			})
		}
	}
}

func TestExpiredCredentials(t *testing.T) {
	for _, c := range sandboxtest.Clients() {
		t.Run(c.Vendor, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			session := c.Session(w)
			c.Order(w, `"operation":"create","kind":"expired_credentials"`)
			refused := func() bool {
				r, err := c.TryCreate(w, session)
				return err == nil && r.Status == c.Refused && (r.Status != 200 || c.Failed(t, r))
			}
			if !refused() || len(w.Records(c.Vendor)) != 0 {
				t.Errorf("not refused: %+v", w.Records(c.Vendor))
			}
			if got := refused(); got != c.Renews {
				t.Errorf("refused again: %v", got)
			}
			session = c.Session(w)
			w.Send("DELETE", "/sandbox/records", "") // a vendor that refuses a second customer has one by now, where nothing is renewed
			if r, err := c.TryCreate(w, session); err != nil || c.Failed(t, r) || !c.Find(w, session) {
				t.Errorf("with fresh credentials: %v %d %s", err, r.Status, r.Body)
			}
		})
	}
}

func TestLoginFaults(t *testing.T) {
	for vendor, login := range map[string]func(w *sandboxtest.World) (sandboxtest.Reply, error){
		"opencell": func(w *sandboxtest.World) (sandboxtest.Reply, error) {
			return w.Try("POST", sandboxtest.OpencellTokenPath, w.OpencellForm(nil), "Content-Type", sandboxtest.FormType)
		},
		"valomnia": func(w *sandboxtest.World) (sandboxtest.Reply, error) {
			return w.Try("POST", sandboxtest.ValomniaLogin, w.ValomniaForm(nil), "Content-Type", sandboxtest.FormType)
		},
	} {
		t.Run(vendor, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			good, err := login(w)
			if err != nil {
				t.Fatal(err)
			}
			w.Order(`{"vendor":"` + vendor + `","operation":"login","kind":"expired_credentials"}`)
			if r, err := login(w); err != nil || r.Status == good.Status && r.Header.Get("Location") == good.Header.Get("Location") {
				t.Errorf("not refused: %v %d %s", err, r.Status, r.Body)
			}
			w.Order(`{"vendor":"` + vendor + `","kind":"status_500"}`)
			if r, err := login(w); err != nil || r.Status != 500 {
				t.Errorf("not broken: %v %d %s", err, r.Status, r.Body)
			}
			w.Order(`{"vendor":"` + vendor + `","operation":"login","kind":"truncated"}`)
			if r, err := login(w); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("not truncated: %v %d %q", err, r.Status, r.Body)
			}
			if r, err := login(w); err != nil || r.Status != good.Status {
				t.Errorf("afterwards: %v %d", err, r.Status)
			}
		})
	}
}

func TestSlowLookup(t *testing.T) {
	for _, c := range sandboxtest.Clients() {
		for _, operation := range []string{"create", "get", "*"} {
			t.Run(c.Vendor+"/"+operation, func(t *testing.T) {
				clock := sandboxtest.NewClock()
				w := sandboxtest.NewWorld(t, sandbox.WithClock(clock.Now))
				session := c.Session(w)
				if c.Find(w, session) {
					t.Fatal("found before it was created")
				}
				c.Order(w, `"operation":"`+operation+`","kind":"slow_lookup","delay_ms":30000`)
				c.Order(w, `"operation":"create","kind":"drop_after"`)
				if _, err := c.TryCreate(w, session); err == nil {
					t.Error("not dropped as well")
				}
				if len(w.Records(c.Vendor)) != 1 {
					t.Fatal("not created")
				}
				clock.Advance(29 * time.Second)
				if c.Find(w, session) {
					t.Error("found early")
				}
				clock.Advance(time.Second)
				if !c.Find(w, session) {
					t.Error("not found in the end")
				}
			})
		}
	}
}

func TestLatency(t *testing.T) {
	for _, c := range sandboxtest.Clients() {
		t.Run(c.Vendor, func(t *testing.T) {
			w := sandboxtest.NewWorld(t)
			session := c.Session(w)
			for _, kind := range []string{"latency", "drop_after"} {
				c.Order(w, `"operation":"create","kind":"`+kind+`","delay_ms":60`)
				start := time.Now()
				_, err := c.TryCreate(w, session)
				if waited := time.Since(start); waited < 60*time.Millisecond || (err != nil) != (kind == "drop_after") {
					t.Errorf("%s: %v after %v", kind, err, waited)
				}
			}
		})
	}
}

// A vendor does not notice that its caller has hung up.
func TestLatencyOutlastsTheCaller(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"avvio","operation":"create","kind":"latency","delay_ms":100}`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+sandboxtest.AvvioAPI, strings.NewReader(w.AvvioRequest(nil)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", sandboxtest.JSONType)
	if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
		response.Body.Close()
		t.Fatal("answered in time")
	}
	if len(w.Records("avvio")) != 0 {
		t.Error("done before the delay was over")
	}
	for deadline := time.Now().Add(5 * time.Second); len(w.Records("avvio")) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never done")
		}
	}
}

func TestFaultsAreSpentInOrder(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"avvio","operation":"get","kind":"status_429","times":0}`)
	w.Order(`{"vendor":"avvio","operation":"create","kind":"status_500","times":2}`)
	w.Order(`{"vendor":"avvio","operation":"","kind":"status_429","times":2}`)
	w.Order(`{"vendor":"sellandsign","operation":"set_property","kind":"status_500"}`)
	pending := func() string { return w.Send("GET", "/sandbox/faults", "").Body }
	for _, want := range []int{500, 500, 429, 429, 200, 200} {
		if got := w.Avvio(nil).Status; got != want {
			t.Errorf("got %d, want %d; pending: %s", got, want, pending())
		}
	}
	sandboxtest.SameJSON(t, pending(), `{"faults":[
		{"vendor":"avvio","operation":"get","kind":"status_429","times":1,"delay_ms":0},
		{"vendor":"sell_and_sign","operation":"set_property","kind":"status_500","times":1,"delay_ms":0}]}`)
	if r := w.Avvio(map[string]any{"operation": "getAccounts"}); r.Status != 429 {
		t.Errorf("get: %d", r.Status)
	}
	w.Send("DELETE", "/sandbox/faults", "")
	sandboxtest.SameJSON(t, pending(), `{"faults":[]}`)
}

// Requests at the same time spend a fault of many times without a race.
func TestFaultsAreSpentAtOnce(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"avvio","operation":"create","kind":"status_500","times":40}`)
	var calls sync.WaitGroup
	for range 40 {
		calls.Go(func() {
			if got := w.Avvio(nil).Status; got != 500 {
				t.Errorf("got %d", got)
			}
		})
	}
	calls.Wait()
	sandboxtest.SameJSON(t, w.Send("GET", "/sandbox/faults", "").Body, `{"faults":[]}`)
}

// An incomplete request does nothing, even if all parameters have arrived.
func TestHalfARequestDoesNothing(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	connection, err := net.Dial("tcp", strings.TrimPrefix(w.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_, err = io.WriteString(connection, "POST "+sandboxtest.SellAndSignUpdate+w.SellAndSignQuery(nil)+" HTTP/1.1\r\nHost: x\r\nj_token: "+
		w.Credentials.SellAndSign.Token+"\r\nContent-Type: "+sandboxtest.FormType+"\r\nContent-Length: 100\r\n\r\na=b")
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(connection); err != nil || len(answer) != 0 {
		t.Errorf("%v %s", err, answer)
	}
	if held := w.Records("sell_and_sign"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	recorder := httptest.NewRecorder()
	body := strings.NewReader(strings.Repeat("x", 8<<20+1))
	sandbox.New().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, sandboxtest.AvvioAPI, body))
	if recorder.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", recorder.Code)
	}
}
