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
)

func TestFaultsOfACreate(t *testing.T) {
	for _, c := range clients() {
		for kind, test := range map[string]struct {
			created int
			check   func(t *testing.T, r reply, err error)
		}{
			"drop_before": {0, func(t *testing.T, _ reply, err error) {
				if err == nil {
					t.Error("answered")
				}
			}},
			"drop_after": {1, func(t *testing.T, _ reply, err error) {
				if err == nil {
					t.Error("answered")
				}
			}},
			"truncated": {1, func(t *testing.T, r reply, err error) {
				if !errors.Is(err, io.ErrUnexpectedEOF) || r.status >= 300 || json.Valid([]byte(r.body)) || r.body == "" {
					t.Errorf("%v, %d %q", err, r.status, r.body)
				}
			}},
			"malformed": {1, func(t *testing.T, r reply, err error) {
				if err != nil || r.status != 200 || json.Valid([]byte(r.body)) {
					t.Errorf("%v, %d %q", err, r.status, r.body)
				}
			}},
			"error_but_created": {1, func(t *testing.T, r reply, err error) {
				if err != nil || r.status != c.broken || !c.failed(t, r) || r.header.Get("Retry-After") != "" {
					t.Errorf("%v, %d %q", err, r.status, r.body)
				}
			}},
			"status_500": {0, func(t *testing.T, r reply, err error) {
				if err != nil || r.status != 500 || !json.Valid([]byte(r.body)) {
					t.Errorf("%v, %d %q", err, r.status, r.body)
				}
			}},
			"status_429": {0, func(t *testing.T, r reply, err error) {
				if err != nil || r.status != 429 || r.header.Get("Retry-After") != "1" {
					t.Errorf("%v, %d %v", err, r.status, r.header)
				}
			}},
		} {
			t.Run(c.vendor+"/"+kind, func(t *testing.T) {
				w := newWorld(t)
				session := c.session(w)
				c.order(w, `"operation":"create","kind":"`+kind+`"`)
				r, err := c.tryCreate(w, session)
				test.check(t, r, err)
				if held := w.held(c.vendor); len(held) != test.created {
					t.Errorf("held: %+v", held)
				}
				if left := w.send("GET", "/sandbox/faults", "").json(t)["faults"].([]any); len(left) != 0 {
					t.Errorf("left: %v", left)
				}
			})
		}
	}
}

func TestExpiredCredentials(t *testing.T) {
	for _, c := range clients() {
		t.Run(c.vendor, func(t *testing.T) {
			w := newWorld(t)
			session := c.session(w)
			c.order(w, `"operation":"create","kind":"expired_credentials"`)
			refused := func() bool {
				r, err := c.tryCreate(w, session)
				return err == nil && r.status == c.refused && (r.status != 200 || c.failed(t, r))
			}
			if !refused() || len(w.held(c.vendor)) != 0 {
				t.Errorf("not refused: %+v", w.held(c.vendor))
			}
			if got := refused(); got != c.renews {
				t.Errorf("refused again: %v", got)
			}
			session = c.session(w)
			w.send("DELETE", "/sandbox/records", "") // a vendor that refuses a second customer has one by now, where nothing is renewed
			if r, err := c.tryCreate(w, session); err != nil || c.failed(t, r) || !c.find(w, session) {
				t.Errorf("with fresh credentials: %v %d %s", err, r.status, r.body)
			}
		})
	}
}

func TestLoginFaults(t *testing.T) {
	for vendor, login := range map[string]func(w *world) (reply, error){
		"opencell": func(w *world) (reply, error) {
			return w.try("POST", opencellTokenPath, w.opencellForm(nil), "Content-Type", formType)
		},
		"valomnia": func(w *world) (reply, error) {
			return w.try("POST", valomniaLogin, w.valomniaForm(nil), "Content-Type", formType)
		},
	} {
		t.Run(vendor, func(t *testing.T) {
			w := newWorld(t)
			good, err := login(w)
			if err != nil {
				t.Fatal(err)
			}
			w.order(`{"vendor":"` + vendor + `","operation":"login","kind":"expired_credentials"}`)
			if r, err := login(w); err != nil || r.status == good.status && r.header.Get("Location") == good.header.Get("Location") {
				t.Errorf("not refused: %v %d %s", err, r.status, r.body)
			}
			w.order(`{"vendor":"` + vendor + `","kind":"status_500"}`)
			if r, err := login(w); err != nil || r.status != 500 {
				t.Errorf("not broken: %v %d %s", err, r.status, r.body)
			}
			w.order(`{"vendor":"` + vendor + `","operation":"login","kind":"truncated"}`)
			if r, err := login(w); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("not truncated: %v %d %q", err, r.status, r.body)
			}
			if r, err := login(w); err != nil || r.status != good.status {
				t.Errorf("afterwards: %v %d", err, r.status)
			}
		})
	}
}

func TestSlowLookup(t *testing.T) {
	for _, c := range clients() {
		for _, operation := range []string{"create", "get", "*"} {
			t.Run(c.vendor+"/"+operation, func(t *testing.T) {
				clock := newClock()
				w := newWorld(t, sandbox.WithClock(clock.Now))
				session := c.session(w)
				if c.find(w, session) {
					t.Fatal("found before it was created")
				}
				c.order(w, `"operation":"`+operation+`","kind":"slow_lookup","delay_ms":30000`)
				c.order(w, `"operation":"create","kind":"drop_after"`)
				if _, err := c.tryCreate(w, session); err == nil {
					t.Error("not dropped as well")
				}
				if len(w.held(c.vendor)) != 1 {
					t.Fatal("not created")
				}
				clock.advance(29 * time.Second)
				if c.find(w, session) {
					t.Error("found early")
				}
				clock.advance(time.Second)
				if !c.find(w, session) {
					t.Error("not found in the end")
				}
			})
		}
	}
}

func TestLatency(t *testing.T) {
	for _, c := range clients() {
		t.Run(c.vendor, func(t *testing.T) {
			w := newWorld(t)
			session := c.session(w)
			for _, kind := range []string{"latency", "drop_after"} {
				c.order(w, `"operation":"create","kind":"`+kind+`","delay_ms":60`)
				start := time.Now()
				_, err := c.tryCreate(w, session)
				if waited := time.Since(start); waited < 60*time.Millisecond || (err != nil) != (kind == "drop_after") {
					t.Errorf("%s: %v after %v", kind, err, waited)
				}
			}
		})
	}
}

// A vendor does not notice that its caller has gone.
func TestLatencyOutlastsTheCaller(t *testing.T) {
	w := newWorld(t)
	w.order(`{"vendor":"avvio","operation":"create","kind":"latency","delay_ms":100}`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+avvioAPI, strings.NewReader(w.avvioRequest(nil)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", jsonType)
	if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
		response.Body.Close()
		t.Fatal("answered in time")
	}
	if len(w.held("avvio")) != 0 {
		t.Error("done before the delay was over")
	}
	for deadline := time.Now().Add(5 * time.Second); len(w.held("avvio")) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never done")
		}
	}
}

func TestFaultsAreSpentInOrder(t *testing.T) {
	w := newWorld(t)
	w.order(`{"vendor":"avvio","operation":"get","kind":"status_429","times":0}`)
	w.order(`{"vendor":"avvio","operation":"create","kind":"status_500","times":2}`)
	w.order(`{"vendor":"avvio","operation":"","kind":"status_429","times":2}`)
	w.order(`{"vendor":"sellandsign","operation":"set_property","kind":"status_500"}`)
	pending := func() string { return w.send("GET", "/sandbox/faults", "").body }
	for _, want := range []int{500, 500, 429, 429, 200, 200} {
		if got := w.avvio(nil).status; got != want {
			t.Errorf("got %d, want %d; pending: %s", got, want, pending())
		}
	}
	sameJSON(t, pending(), `{"faults":[
		{"vendor":"avvio","operation":"get","kind":"status_429","times":1,"delay_ms":0},
		{"vendor":"sell_and_sign","operation":"set_property","kind":"status_500","times":1,"delay_ms":0}]}`)
	if r := w.avvio(map[string]any{"operation": "getAccounts"}); r.status != 429 {
		t.Errorf("get: %d", r.status)
	}
	w.send("DELETE", "/sandbox/faults", "")
	sameJSON(t, pending(), `{"faults":[]}`)
}

// Calls at the same time spend a fault of many times without a race.
func TestFaultsAreSpentAtOnce(t *testing.T) {
	w := newWorld(t)
	w.order(`{"vendor":"avvio","operation":"create","kind":"status_500","times":40}`)
	var calls sync.WaitGroup
	for range 40 {
		calls.Go(func() {
			if got := w.avvio(nil).status; got != 500 {
				t.Errorf("got %d", got)
			}
		})
	}
	calls.Wait()
	sameJSON(t, w.send("GET", "/sandbox/faults", "").body, `{"faults":[]}`)
}

// A request that breaks off does nothing, even if all that counts has arrived.
func TestHalfARequestDoesNothing(t *testing.T) {
	w := newWorld(t)
	connection, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_, err = io.WriteString(connection, "POST "+sellAndSignUpdate+w.sellAndSignQuery(nil)+" HTTP/1.1\r\nHost: x\r\nj_token: "+
		w.credentials.SellAndSign.Token+"\r\nContent-Type: "+formType+"\r\nContent-Length: 100\r\n\r\na=b")
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(connection); err != nil || len(answer) != 0 {
		t.Errorf("%v %s", err, answer)
	}
	if held := w.held("sell_and_sign"); len(held) != 0 {
		t.Errorf("held: %+v", held)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	recorder := httptest.NewRecorder()
	body := strings.NewReader(strings.Repeat("x", 8<<20+1))
	sandbox.New().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, avvioAPI, body))
	if recorder.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", recorder.Code)
	}
}
