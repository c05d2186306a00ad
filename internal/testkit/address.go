package testkit

import (
	"net"
	"testing"
)

// FreeAddress returns an address of loopback whose port was free a moment ago.
func FreeAddress(t testing.TB) string {
	t.Helper()
	var ports net.ListenConfig
	listener, err := ports.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
