package vendorhttp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// After 101 the connection is the vendor's and ours to talk on; nobody must wait for its end.
func TestSwitchingProtocolsDoesNotHang(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = connection.Close() }()
		_, _ = buffer.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_ = buffer.Flush()
		<-release
	}))
	defer server.Close()
	defer close(release)
	done := make(chan error, 1)
	go func() {
		_, err := testClient(t, server.URL, 200*time.Millisecond).do(t.Context(), &Request{Method: http.MethodPost, Path: "/x", Creates: true})
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("101 is no answer")
		}
	case <-time.After(3 * time.Second):
		t.Error("still waiting after 15 times the timeout")
	}
}

// A redirect is an answer like any other, wherever it points to; what it points to is nobody else's business.
func TestRedirectToNowhere(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/login;jsessionid=s3cret%zz")
		w.WriteHeader(http.StatusFound)
	}))
	defer server.Close()
	response, err := testClient(t, server.URL, time.Second).do(t.Context(), &Request{Method: http.MethodPost, Path: "/x", Creates: true})
	if err != nil || response.Status != http.StatusFound {
		t.Errorf("%v, %v", response, err)
	}
}

// However an answer breaks the rules of HTTP, the error does not quote it.
func TestMalformedAnswersAreNotQuoted(t *testing.T) {
	for _, answer := range []string{
		"MARKER\r\n\r\n",
		"HTTP/1.1 MARKER\r\n\r\n",
		"HTTP/1.1 2MARKER OK\r\n\r\n",
		"HTTP/9.MARKER 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nMARKER\r\n\r\n",
		"HTTP/1.1 200 OK\r\n MARKER: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: MARKER\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: MARKER\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: MARKER\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nMARKER\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nMARKER MARKER\r\n\r\n",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			connection, buffer, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = buffer.WriteString(answer)
			_ = buffer.Flush()
			_ = connection.Close()
		}))
		_, err := testClient(t, server.URL, time.Second).do(t.Context(), &Request{Method: http.MethodPost, Path: "/x", Creates: true})
		if err == nil || strings.Contains(err.Error(), "MARKER") {
			t.Errorf("%q: %v", answer, err)
		}
		server.Close()
	}
}
