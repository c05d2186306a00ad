package server

import (
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
)

// streamsOfConnection is how many streams one connection may have: watching health, which needs no credentials, and reflection. They last as
// long as their callers like.
const streamsOfConnection = 8

// streams counts the streams under way by connection.
type streams struct {
	mu sync.Mutex
	of map[string]int
}

// admit refuses a stream where its connection has as many as it may.
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

// arrivingStream has arrived with its first message: until then it is waited for no longer than any call.
type arrivingStream struct{ grpc.ServerStream }

// RecvMsg receives a message.
func (s arrivingStream) RecvMsg(message any) error {
	err := s.ServerStream.RecvMsg(message)
	if err == nil {
		arrived(s.Context())
	}
	return err
}
