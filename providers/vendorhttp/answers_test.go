package vendorhttp

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// After 101 the connection has no end, and the client must not wait for it.
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

// A redirect to any address is a response like any other. No error shows its address.
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

// A server with a certificate for another name gets no byte.
func TestCertificateOfAnother(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") }))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	client := testClient(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), time.Second)
	client.transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	_, err := client.do(t.Context(), &Request{Method: http.MethodPost, Path: "/x", Creates: true})
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != enlistv1.ErrorReason_VENDOR_UNAVAILABLE || known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT ||
		!strings.Contains(known.Cause.Error(), "certificate is valid for") {
		t.Errorf("got %v", err)
	}
}

// The error of a response that breaks the rules of HTTP does not quote it.
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

// The client removes the byte order mark before a body. A second one belongs to the body.
func TestByteOrderMark(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	large := strings.Repeat("x", 2*fromRoom)
	for body, want := range map[string]string{
		mark + `{"a":1}`: `{"a":1}`, mark: "", mark + mark + "x": mark + "x", "x" + mark: "x" + mark, mark + large: large, "\xef\xbb": "\xef\xbb", "": "",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		var shown string
		ctx := providers.WithObserver(t.Context(), &providers.Observer{Exchanged: func(exchange *providers.Exchange) { shown = exchange.ResponseBody }})
		response, err := testClient(t, server.URL, time.Second).do(ctx, &Request{Method: http.MethodGet, Path: "/x"})
		if err != nil || string(response.Body) != want || shown != Cut(strings.ToValidUTF8(want, "\uFFFD"), mostShown) {
			t.Errorf("%.10q: got %.10q, shown %.10q, %v", body, response.Body, shown, err)
		}
		server.Close()
	}
}
