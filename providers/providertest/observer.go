package providertest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// watch is an observer that records and checks its calls.
type watch struct {
	f         *fixture
	mu        sync.Mutex
	asked     int // BeforeSend
	connected int
	exchanges []*providers.Exchange
}

func (w *watch) context() context.Context {
	return providers.WithObserver(w.f.t.Context(), &providers.Observer{
		BeforeSend: func(context.Context, bool) error {
			sent := len(w.f.sent())
			w.mu.Lock()
			defer w.mu.Unlock()
			if sent != w.asked {
				w.f.t.Errorf("%d creates have arrived before the observer was asked about the next, %d times", sent, w.asked)
			}
			if w.connected != w.asked {
				w.f.t.Errorf("connected %d times before the send %d", w.connected, w.asked)
			}
			w.asked++
			return nil
		},
		Connected: func() error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.connected++
			return nil
		},
		Exchanged: func(exchange *providers.Exchange) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.exchanges = append(w.exchanges, exchange)
		},
	})
}

// creates returns the exchanges of create requests.
func (w *watch) creates() []*providers.Exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	var creates []*providers.Exchange
	for _, exchange := range w.exchanges {
		if exchange.Creates {
			creates = append(creates, exchange)
		}
	}
	return creates
}

// check compares the exchanges with the requests that arrived, and looks for secrets in them.
func (w *watch) check(calls []recorded) {
	w.f.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.exchanges) != len(calls) {
		w.f.t.Fatalf("%d exchanges for %d calls", len(w.exchanges), len(calls))
	}
	for i, exchange := range w.exchanges {
		call := calls[i]
		if exchange.Creates == call.lookup {
			w.f.t.Errorf("exchange %d creates: %t", i, exchange.Creates)
		}
		if !sameRequest(w.f, exchange.Request, call) || len(exchange.Request.GetHeaders()) == 0 {
			w.f.t.Errorf("exchange %d is not what arrived: %v", i, exchange.Request)
		}
		if exchange.Start.IsZero() || exchange.End.Before(exchange.Start) {
			w.f.t.Errorf("exchange %d went from %s to %s", i, exchange.Start, exchange.End)
		}
		if body := exchange.ResponseBody; !utf8.ValidString(body) || utf8.RuneCountInString(body) > 4097 {
			w.f.t.Errorf("exchange %d has a response of %d characters", i, utf8.RuneCountInString(body))
		}
		request, _ := protojson.Marshal(exchange.Request)
		w.f.showsNoSecret(string(request) + exchange.ResponseBody)
		for _, name := range []string{"Authorization", "Cookie"} {
			_, secret, _ := strings.Cut(call.header.Get(name), "=")
			_, token, _ := strings.Cut(call.header.Get(name), " ")
			for _, value := range []string{secret, token} {
				if value != "" && strings.Contains(string(request)+exchange.ResponseBody, value) {
					w.f.t.Errorf("exchange %d shows the %s", i, name)
				}
			}
		}
	}
}

// arrived returns all requests except logins, from a number on.
func (f *fixture) arrived(since int) []recorded {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]recorded(nil), f.calls[since:]...)
}

// observed: an observer sees the requests of a creation and of a later look-up, and no others.
func observed(t *testing.T, f *fixture) {
	w := &watch{f: f}
	creation, err := f.provider.Prepare(f.request())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := creation.CreateCustomer(w.context()); err != nil {
		t.Fatal(err)
	}
	w.check(f.arrived(0))
	creates := w.creates()
	if len(creates) != 1 || w.asked != 1 || w.connected != 1 {
		t.Fatalf("%d exchanges create, asked %d times, connected %d times; want 1 each", len(creates), w.asked, w.connected)
	}
	if made := creates[0]; made.Stage != enlistv1.SendStage_SEND_STAGE_ANSWERED || made.Status/100 != 2 || made.ResponseBody == "" {
		t.Errorf("stage %s, status %d, answer %q", made.Stage, made.Status, made.ResponseBody)
	}
	before := len(f.arrived(0))
	w = &watch{f: f}
	if _, err := creation.FindCustomer(w.context(), providers.Sent{Since: start, Looked: creation.LooksFirst()}); err != nil {
		t.Fatal(err)
	}
	if len(w.creates()) != 0 || len(w.exchanges) == 0 || len(w.exchanges) != len(f.arrived(before)) || w.asked+w.connected != 0 {
		t.Errorf("a look: %d exchanges, %d of them create, asked %d times", len(w.exchanges), len(w.creates()), w.asked)
	}
	for _, exchange := range w.exchanges {
		request, _ := protojson.Marshal(exchange.Request)
		f.showsNoSecret(string(request) + exchange.ResponseBody)
	}
}

// observedFailures: an observer sees requests that fail, too.
func observedFailures(t *testing.T, f *fixture) {
	for kind, want := range map[string]struct {
		stage  enlistv1.SendStage
		status bool
	}{
		"drop_before": {enlistv1.SendStage_SEND_STAGE_SENT, false},
		"status_500":  {enlistv1.SendStage_SEND_STAGE_ANSWERED, true},
		"truncated":   {enlistv1.SendStage_SEND_STAGE_SENT, true},
	} {
		f := newFixture(t, f.harness)
		w := &watch{f: f}
		f.fault("create", kind, 0)
		_, err := Create(w.context(), f.provider, f.request())
		f.fails(err, unknown)
		w.check(f.arrived(0))
		if creates := w.creates(); len(creates) != 1 || creates[0].Stage != want.stage || (creates[0].Status != 0) != want.status {
			t.Errorf("%s: %+v", kind, creates)
		}
	}
	f.server.Close()
	w := &watch{f: f}
	_, err := Create(w.context(), f.provider, f.request())
	f.fails(err, unavailable)
	for _, exchange := range w.exchanges {
		if exchange.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || exchange.Status != 0 {
			t.Errorf("not reachable: %+v", exchange)
		}
	}
	if w.connected != 0 {
		t.Error("connected to nobody")
	}
}

// observerStops: a request that the observer stops is never sent.
func observerStops(t *testing.T, f *fixture) {
	busy := &providers.Error{Reason: enlistv1.ErrorReason_OVERLOADED, Message: "Not now.", RetryAfter: time.Second}
	for _, stop := range []struct {
		before, connected error
		want              enlistv1.ErrorReason
	}{
		{before: errors.New("no"), want: unavailable},
		{before: busy, want: enlistv1.ErrorReason_OVERLOADED},
		{connected: errors.New("no"), want: unavailable},
		{connected: busy, want: enlistv1.ErrorReason_OVERLOADED},
	} {
		var exchanges []*providers.Exchange
		connected := false
		ctx := providers.WithObserver(t.Context(), &providers.Observer{
			BeforeSend: func(context.Context, bool) error { return stop.before },
			Connected: func() error {
				connected = true
				return stop.connected
			},
			Exchanged: func(exchange *providers.Exchange) { exchanges = append(exchanges, exchange) },
		})
		_, err := Create(ctx, f.provider, f.request())
		if known := f.fails(err, stop.want); known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
			t.Errorf("stage %s", known.Stage)
		}
		for _, exchange := range exchanges {
			if exchange.Creates && (stop.before != nil || exchange.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT) {
				t.Errorf("an exchange that never was: %+v", exchange)
			}
		}
		if sent := f.sent(); len(sent) != 0 || connected != (stop.before == nil) {
			t.Errorf("%d calls went out, connected %t", len(sent), connected)
		}
	}
}

// observedRenewal: the observer decides again about a creation that is repeated after a new login,
// and sees it twice.
func observedRenewal(t *testing.T, f *fixture) {
	w := &watch{f: f}
	f.fault("create", "expired_credentials", 0)
	_, err := Create(w.context(), f.provider, f.request())
	want := 2
	if f.harness.IsLogin == nil {
		f.fails(err, credentials)
		want = 1
	} else if err != nil {
		t.Fatal(err)
	}
	w.check(f.arrived(0))
	if creates := w.creates(); len(creates) != want || w.asked != want {
		t.Errorf("%d exchanges create, asked %d times, want %d", len(creates), w.asked, want)
	}
}

// observedEcho: no secret shows if a vendor repeats the request, in any way.
func observedEcho(t *testing.T, f *fixture) {
	for name, written := range map[string]func([]byte) string{
		"as it came": func(sent []byte) string { return string(sent) },
		"in JSON":    func(sent []byte) string { return `{"status":"error","sent":` + strconv.Quote(string(sent)) + `}` },
		"in JSON in JSON": func(sent []byte) string {
			return `{"message":` + strconv.Quote(`{"sent":`+strconv.Quote(string(sent))+`}`) + `}`
		},
		"escaped": func(sent []byte) string { return "https://example.com/?sent=" + url.QueryEscape(string(sent)) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, request := range append(f.harness.Full(), f.request()) {
				f := newFixture(t, f.harness)
				w := &watch{f: f}
				echo := func(answer http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					head, _ := httputil.DumpRequest(r, false)
					answer.WriteHeader(http.StatusInternalServerError)
					_, _ = io.WriteString(answer, written(body)+"\xff"+written(head))
				}
				f.answerReads(echo)
				_, _ = Create(w.context(), f.provider, settled(request))
				f.answerCreates(echo)
				_, _ = Create(w.context(), f.provider, settled(request))
				if w.check(f.arrived(0)); len(w.exchanges) == 0 {
					t.Error("nothing was seen")
				}
			}
		})
	}
}
