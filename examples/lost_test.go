package examples

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestAnswersLostOnTheWay runs the examples behind a proxy that forwards a create request and
// then closes the connection. The vendor does not fail. The proxy does this twice.
func TestAnswersLostOnTheWay(t *testing.T) {
	demo := startDemo(t)
	demo.seedContractors(t)
	for _, e := range all() {
		t.Run(e.language, func(t *testing.T) {
			t.Parallel()
			e.require(t)
			var lose atomic.Int32
			fault := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { lose.Store(2) }))
			defer fault.Close()
			behind := *demo
			behind.sandbox = fault.URL
			behind.grpc = proxy(t, demo.grpc, &lose)
			behind.rest = "http://" + proxy(t, strings.TrimPrefix(demo.rest, "http://"), &lose)
			printed := behind.run(t, e)
			if lose.Load() != 0 {
				t.Errorf("%d answers were not lost", lose.Load())
			}
			created, settled, _ := strings.Cut(printed, "\n")
			ids := idsOf(t, created+"\nunknown OUTCOME_UNKNOWN\n"+settled)
			if held := demo.customers(t); held[ids[0]] != 1 || held[ids[1]] != 1 {
				t.Errorf("the vendor has %v; %q should be there, once each", held, ids)
			}
		})
	}
}

// proxy forwards connections to an address. While there are responses to lose, it forwards a
// request and drops the response.
func proxy(t *testing.T, address string, lose *atomic.Int32) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", address)
			if err != nil {
				client.Close()
				return
			}
			var lost atomic.Bool
			go pass(client, server, func(data []byte) bool {
				create := bytes.Contains(data, []byte("@example.com"))
				if !create || lose.Load() == 0 {
					return true
				}
				left := lose.Add(-1)
				lost.Store(true)
				time.AfterFunc(300*time.Millisecond, func() {
					if left == 0 {
						_ = client.(*net.TCPConn).SetLinger(0) // a reset, which some libraries tell apart
					}
					client.Close()
				})
				return true
			})
			go pass(server, client, func([]byte) bool { return !lost.Load() })
		}
	}()
	return listener.Addr().String()
}

// pass forwards what it reads until one side ends, as far as may permits.
func pass(from, to net.Conn, may func([]byte) bool) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if !may(buffer[:n]) {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
