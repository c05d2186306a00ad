package vendorhttp

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/providers"
)

// BeforeSend gets whether the look-up before the request found the customer.
func TestBeforeSendGetsShown(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	client := testClient(t, server.URL, 0)
	for _, shown := range []bool{true, false} {
		var got []bool
		ctx := providers.WithObserver(t.Context(), &providers.Observer{
			BeforeSend: func(_ context.Context, shown bool) error {
				got = append(got, shown)
				return nil
			},
		})
		request := &Request{Method: http.MethodPost, Path: "/x", Creates: true, Shown: shown}
		if _, err := client.do(ctx, request); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0] != shown {
			t.Errorf("BeforeSend got %v, want one %t", got, shown)
		}
	}
}

// An observer of everything gets shared requests, too: a login without values, a list without
// those of customers. Another observer gets neither.
func TestObserverOfEverything(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"access_token":"s3cret-token","list":[{"name":"Ada"}]}`)
	}))
	defer server.Close()
	client := testClient(t, server.URL, 0)
	for _, everything := range []bool{true, false} {
		var got []*providers.Exchange
		ctx := providers.WithObserver(t.Context(), &providers.Observer{
			Everything: everything, Exchanged: func(exchange *providers.Exchange) { got = append(got, exchange) },
		})
		session := client.NewSession(func(ctx context.Context) (Credential, error) {
			_, err := client.do(ctx, &Request{
				Operation: Login, Method: http.MethodPost, Path: "/login", Header: http.Header{"Cookie": {"s3cret-cookie"}, "Accept": {"text/plain"}},
				Body: []byte("username=jo&password=s3cret-password"), ContentType: "application/x-www-form-urlencoded",
			})
			return Credential{Value: "s3cret-token"}, err
		})
		if _, err := session.Get(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := client.do(ctx, &Request{Operation: List, Method: http.MethodGet, Path: "/list", Scan: func(*Body) {}}); err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(got)
		for _, exchange := range got {
			text += fmt.Sprint(exchange.Request, exchange.ResponseBody)
		}
		if strings.Contains(text, "s3cret") || strings.Contains(text, "Ada") {
			t.Errorf("everything %t: a value shows in %s", everything, text)
		}
		switch {
		case !everything && (len(got) != 1 || got[0].Operation != "list"):
			t.Errorf("got %d exchanges, want the list alone", len(got))
		case everything && (len(got) != 2 || got[0].Operation != "login" || got[0].Request.GetBody() != "password=hidden&username=hidden" ||
			!strings.Contains(got[1].ResponseBody, `"name":"xxx"`)):
			t.Errorf("got %s", text)
		}
	}
}
