package vendorhttp

import (
	"context"
	"net/http"
	"net/http/httptest"
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
