package server

import (
	"context"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc/peer"
)

// strangerWait is how long a connection of the gRPC port may be open without a call.
const strangerWait = 15 * time.Second

// strangers closes the connections of the gRPC port that no caller authenticates on. Otherwise
// anybody could use up limits.max_connections without credentials. A health check counts, too.
type strangers struct {
	mutex   sync.Mutex
	waiting map[string]*time.Timer // by the address of the client
}

func newStrangers() *strangers { return &strangers{waiting: map[string]*time.Timer{}} }

// listen returns a listener whose connections are closed in time.
func (s *strangers) listen(listener net.Listener) net.Listener {
	return &strangersListener{listener, s}
}

type strangersListener struct {
	net.Listener
	strangers *strangers
}

// Accept returns the next connection.
func (l *strangersListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	address := connection.RemoteAddr().String()
	l.strangers.mutex.Lock()
	defer l.strangers.mutex.Unlock()
	l.strangers.waiting[address] = time.AfterFunc(strangerWait, func() { _ = connection.Close() })
	return &strangersConnection{Conn: connection, forget: func() { l.strangers.meet(address) }}, nil
}

type strangersConnection struct {
	net.Conn
	forget func()
}

// Close closes the connection.
func (c *strangersConnection) Close() error {
	c.forget()
	return c.Conn.Close()
}

// meet keeps a connection open.
func (s *strangers) meet(address string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if timer := s.waiting[address]; timer != nil {
		timer.Stop()
		delete(s.waiting, address)
	}
}

// calls gives a connection the time in which the body of its call must arrive.
func (s *strangers) calls(ctx context.Context) {
	address := clientOf(ctx)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if timer := s.waiting[address]; timer != nil && timer.Stop() {
		timer.Reset(readWithin + strangerWait)
	}
}

// authenticated keeps the connection of a call open.
func (s *strangers) authenticated(ctx context.Context) { s.meet(clientOf(ctx)) }

func clientOf(ctx context.Context) string {
	if from, ok := peer.FromContext(ctx); ok && from.Addr != nil {
		return from.Addr.String()
	}
	return ""
}
