package server

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/peer"
)

// acceptor is a listener that accepts one end of each pipe.
type acceptor struct {
	net.Listener
	connections chan net.Conn
}

func (a acceptor) Accept() (net.Conn, error) { return <-a.connections, nil }

// from is a connection with an address of its own.
type from struct {
	net.Conn
	address string
}

func (f from) RemoteAddr() net.Addr { return f }
func (from) Network() string        { return "tcp" }
func (f from) String() string       { return f.address }

// A connection without a caller is closed after some seconds, and one whose call does not come
// after a minute more. A connection with a caller stays.
func TestStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStrangers()
		accepting := acceptor{connections: make(chan net.Conn, 1)}
		listener := s.listen(accepting)
		began := time.Now()
		var mutex sync.Mutex
		closed := map[string]time.Duration{}
		var all []net.Conn
		for _, address := range []string{"silent", "slow", "known", "gone"} {
			client, server := net.Pipe()
			accepting.connections <- from{server, address}
			connection, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, connection)
			go func() {
				if _, err := client.Read(make([]byte, 1)); err != nil {
					mutex.Lock()
					defer mutex.Unlock()
					closed[address] = time.Since(began)
				}
			}()
		}
		as := func(address string) context.Context {
			return peer.NewContext(t.Context(), &peer.Peer{Addr: from{address: address}})
		}
		time.Sleep(10 * time.Second)
		s.calls(as("slow"))
		s.calls(as("known"))
		s.authenticated(as("known"))
		s.authenticated(as("another"))
		if err := all[3].Close(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		mutex.Lock()
		want := map[string]time.Duration{"silent": strangerWait, "slow": 10*time.Second + readWithin + strangerWait, "gone": 10 * time.Second}
		for address, at := range want {
			if closed[address] != at {
				t.Errorf("%s was closed after %s, want %s", address, closed[address], at)
			}
		}
		if at, is := closed["known"]; is {
			t.Errorf("the connection of a caller was closed after %s", at)
		}
		mutex.Unlock()
		for _, connection := range all {
			if err := connection.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
		}
		if len(s.waiting) > 0 {
			t.Errorf("remembered: %v", s.waiting)
		}
	})
}
