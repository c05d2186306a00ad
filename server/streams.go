package server

import (
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
)

// streamsOfConnection bounds the streams of one connection. The streams are reflection and health
// watches, which need no credentials. A stream lasts as long as its caller wants.
const streamsOfConnection = 8

// streams counts the open streams of each connection.
type streams struct {
	mu sync.Mutex
	of map[string]int
}

// admit refuses a stream when its connection has too many.
func (s *streams) admit(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	connection := ""
	if from, ok := peer.FromContext(stream.Context()); ok {
		connection = from.Addr.String()
	}
	if !s.begin(connection) {
		return statusOf(overloaded("This connection has reached its limit of open streams"), "", "").Err()
	}
	defer s.end(connection)
	return handler(service, arrivingStream{stream})
}

func (s *streams) begin(connection string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[connection] == streamsOfConnection {
		return false
	}
	if s.of == nil {
		s.of = map[string]int{}
	}
	s.of[connection]++
	return true
}

func (s *streams) end(connection string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[connection]--; s.of[connection] == 0 {
		delete(s.of, connection)
	}
}

// arrivingStream waits for the first message no longer than the server waits for any request.
// After that message, the stream has arrived.
type arrivingStream struct{ grpc.ServerStream }

// RecvMsg receives a message.
func (s arrivingStream) RecvMsg(message any) error {
	err := s.ServerStream.RecvMsg(message)
	if err == nil {
		arrived(s.Context())
	}
	return err
}
