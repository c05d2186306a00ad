package server_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// attack is a connection to the gRPC port that breaks the rules. It reads what the server sends,
// unless it is deaf.
type attack struct {
	t *testing.T
	*http2.Framer
	connection net.Conn
	closed     chan struct{} // when the server has closed it
	goAway     http2.ErrCode // the reason, once closed
	headers    bytes.Buffer
	encoder    *hpack.Encoder
}

func newAttack(t *testing.T, r *running, deaf bool) *attack {
	t.Helper()
	connection, err := net.Dial("tcp", r.grpcTarget)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	_ = connection.SetWriteDeadline(time.Now().Add(20 * time.Second))
	written := bufio.NewWriterSize(connection, 64<<10)
	a := &attack{t: t, Framer: http2.NewFramer(written, connection), connection: connection, closed: make(chan struct{})}
	a.encoder = hpack.NewEncoder(&a.headers)
	_, _ = written.WriteString(http2.ClientPreface)
	_ = a.WriteSettings()
	if err := written.Flush(); err != nil {
		t.Fatal(err)
	}
	a.Framer = http2.NewFramer(connection, connection)
	if !deaf {
		go func() {
			defer close(a.closed)
			for {
				frame, err := a.ReadFrame()
				if err != nil {
					return
				}
				if away, is := frame.(*http2.GoAwayFrame); is {
					a.goAway = away.ErrCode
				}
			}
		}()
	}
	return a
}

// call encodes the headers of a call.
func (a *attack) call(more ...string) []byte {
	a.headers.Reset()
	all := append([]string{
		":method", "POST", ":scheme", "http", ":path", "/enlist.v1.CustomerService/GetCustomer", ":authority", "x",
		"content-type", "application/grpc", "te", "trailers",
	}, more...)
	for i := 0; i+1 < len(all); i += 2 {
		_ = a.encoder.WriteField(hpack.HeaderField{Name: all[i], Value: all[i+1]})
	}
	return a.headers.Bytes()
}

// isClosed waits until the server closes the connection.
func (a *attack) isClosed(within time.Duration) {
	a.t.Helper()
	select {
	case <-a.closed:
	case <-time.After(within):
		a.t.Errorf("the connection is still open after %s", within)
	}
}

// Attacks on the gRPC port through HTTP/2. The server still serves other connections, and
// afterwards it holds nothing of the attacks.
func TestHostileHTTP2(t *testing.T) {
	attacks := map[string]func(t *testing.T, r *running){
		"rapid reset": func(t *testing.T, r *running) {
			a := newAttack(t, r, false)
			body := append([]byte{0, 0, 0, 0, 14}, "\n\bopencell\x12\x02X1"...)
			for i := range uint32(20_000) {
				block := a.call()
				_ = a.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: block, EndHeaders: true})
				_ = a.WriteData(2*i+1, true, body)
				if err := a.WriteRSTStream(2*i+1, http2.ErrCodeCancel); err != nil {
					return // a closed connection is a defence as well
				}
			}
		},
		"ping flood": func(t *testing.T, r *running) {
			a := newAttack(t, r, false)
			for range 10_000 {
				if a.WritePing(false, [8]byte{}) != nil {
					break
				}
			}
			if a.isClosed(10 * time.Second); a.goAway != http2.ErrCodeEnhanceYourCalm {
				t.Errorf("closed with %s", a.goAway)
			}
		},
		"settings flood, deaf": func(t *testing.T, r *running) {
			a := newAttack(t, r, true)
			_ = a.connection.SetWriteDeadline(time.Now().Add(3 * time.Second))
			for range 2_000_000 {
				if a.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1}) != nil {
					return // the server accepts no more while the client does not read
				}
			}
			t.Error("the server takes settings for ever, and keeps its answers")
		},
		"continuation flood": func(t *testing.T, r *running) {
			a := newAttack(t, r, false)
			_ = a.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: a.call()})
			a.headers.Reset()
			_ = a.encoder.WriteField(hpack.HeaderField{Name: "x", Value: strings.Repeat("v", 8<<10)})
			block := bytes.Clone(a.headers.Bytes())
			for range 100_000 {
				if a.WriteContinuation(1, false, block) != nil {
					break
				}
			}
			a.isClosed(10 * time.Second)
		},
		"window of one byte": func(t *testing.T, r *running) {
			a := newAttack(t, r, true)
			_ = a.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
			for i := range uint32(2000) {
				_ = a.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: a.call("grpc-timeout", "1S"), EndHeaders: true, EndStream: true})
			}
		},
	}
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) {
			survives(t, attack)
		})
	}
}

// survives asserts that a server serves other connections during an attack, and holds nothing of it
// afterwards.
func survives(t *testing.T, attack func(t *testing.T, r *running)) {
	t.Helper()
	r := start(t, nil)
	providersOf(t, r)
	goroutines, heap := runtime.NumGoroutine(), alive()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		attack(t, r)
	}()
	for going := true; going; {
		began := time.Now()
		providersOf(t, r)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("another connection waited %s", took)
		}
		select {
		case <-ended:
			going = false
		case <-time.After(10 * time.Millisecond):
		}
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		more, grown := runtime.NumGoroutine()-goroutines, int64(alive())-int64(heap)
		if more < 50 && grown < 16<<20 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines and %d KiB are left", more, grown>>10)
		}
	}
}

// providersOf makes a call that must succeed.
func providersOf(t *testing.T, r *running) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := enlistv1.NewProviderServiceClient(r.grpc).ListProviders(ctx, &enlistv1.ListProvidersRequest{}); err != nil {
		t.Fatal(err)
	}
}

// alive returns the size of the heap after a collection.
func alive() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// Attacks on the REST port. The server responds to each, or closes its connection in time.
func TestHostileHTTP(t *testing.T) {
	r := start(t, nil)
	t.Parallel()
	const path = "POST /v1/providers/opencell/customers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
	endless := func(w io.Writer, part string) {
		for {
			if _, err := io.WriteString(w, part); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		send   func(net.Conn)
		want   string // of the status line; empty if the connection just closes
		within time.Duration
	}{
		"headers that do not end": {func(c net.Conn) { _, _ = io.WriteString(c, path) }, "", 12 * time.Second},
		"a header by drips": {func(c net.Conn) {
			_, _ = io.WriteString(c, path)
			for {
				time.Sleep(200 * time.Millisecond)
				if _, err := io.WriteString(c, "X-A: b\r\n"); err != nil {
					return
				}
			}
		}, "", 12 * time.Second},
		"endless headers":   {func(c net.Conn) { _, _ = io.WriteString(c, path); endless(c, "X-A: "+strings.Repeat("b", 1000)+"\r\n") }, "431", 5 * time.Second},
		"an endless header": {func(c net.Conn) { _, _ = io.WriteString(c, path+"X-A: "); endless(c, strings.Repeat("b", 1000)) }, "431", 5 * time.Second},
		"an endless body": {func(c net.Conn) {
			_, _ = io.WriteString(c, path+"Transfer-Encoding: chunked\r\n\r\n")
			endless(c, "3e8\r\n"+strings.Repeat(" ", 1000)+"\r\n")
		}, "413", 5 * time.Second},
		"a length that is a lie": {func(c net.Conn) {
			_, _ = io.WriteString(c, path+"Content-Length: 99999999999\r\n\r\n")
			endless(c, strings.Repeat(" ", 1000))
		}, "413", 5 * time.Second},
		"two lengths": {func(c net.Conn) { _, _ = io.WriteString(c, path+"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}") }, "400", 5 * time.Second},
		"nested deeply": {func(c net.Conn) {
			body := strings.Repeat(`{"customer":`, 80_000)
			_, _ = io.WriteString(c, path+"Connection: close\r\nContent-Length: 960000\r\n\r\n"+body)
		}, "400", 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection, err := net.Dial("tcp", strings.TrimPrefix(r.restURL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = connection.Close() }()
			go c.send(connection)
			_ = connection.SetReadDeadline(time.Now().Add(c.within))
			got, err := io.ReadAll(connection)
			if errors.Is(err, os.ErrDeadlineExceeded) && !bytes.Contains(got, []byte("Connection: close")) {
				t.Fatalf("still open after %s, having said %q", c.within, got)
			}
			answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(got)), nil)
			switch {
			case c.want == "" && len(got) > 0 && err == nil && answer.StatusCode != http.StatusRequestTimeout && answer.StatusCode != http.StatusBadRequest,
				c.want != "" && len(got) > 0 && (err != nil || !strings.HasPrefix(answer.Status, c.want)):
				t.Errorf("answered %q, %v", got, err)
			}
		})
	}
}
