package postgres

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// A creation takes two round trips to the database: one before the request to the vendor, and one
// after the response.
func TestRoundTripsOfACreate(t *testing.T) {
	counted := &counter{}
	store := open(t, counted.before(t, postgrestest.Shared(t).Database(t)))
	create := func() {
		row := newRow("a")
		row.Exclusive = row.RequestID[:]
		if existing, busy, err := store.Insert(t.Context(), row); err != nil || existing != nil || busy != nil {
			t.Fatal(existing, busy, err)
		}
		row.State, row.Owner, row.Exclusive, row.Customer, row.Exchanges = succeeded, "", nil, row.RequestID[:], make([]byte, 1000)
		if err := store.Update(t.Context(), row, never); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 { // each connection prepares the statements once
		create()
	}
	const creates = 50
	before := counted.counted()
	for range creates {
		create()
	}
	// In the meantime, the replica renews its lease through the same proxy, on another connection.
	// That adds a few round trips.
	if trips := counted.counted() - before; trips < 2*creates || trips > 2*creates+5 {
		t.Errorf("%d creates took %d round trips, want %d", creates, trips, 2*creates)
	}
}

// counter is a proxy that counts how often a client waits for the server's response.
type counter struct{ trips atomic.Int64 }

// counted returns the round trips so far. The server may respond to the latest before that is
// counted.
func (c *counter) counted() int64 {
	for {
		before := c.trips.Load()
		if time.Sleep(50 * time.Millisecond); c.trips.Load() == before {
			return before
		}
	}
}

// before starts the proxy and returns the DSN of the proxy.
func (c *counter) before(t *testing.T, dsn string) string {
	t.Helper()
	server, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.relay(client, server.Host)
		}
	}()
	proxied := *server
	proxied.Host = listener.Addr().String()
	return proxied.String()
}

func (c *counter) relay(client net.Conn, address string) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(client, server) }()
	c.count(bufio.NewReader(io.TeeReader(client, server)))
}

// count reads what a client sends. The first message has no type. Each later message has a type, a
// length and a content. Sync and Query request a response.
func (c *counter) count(from *bufio.Reader) {
	for kind := byte(0); ; {
		var head [4]byte
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return
		}
		if kind == 'S' || kind == 'Q' {
			c.trips.Add(1)
		}
		if _, err := io.CopyN(io.Discard, from, int64(binary.BigEndian.Uint32(head[:]))-4); err != nil {
			return
		}
		var err error
		if kind, err = from.ReadByte(); err != nil {
			return
		}
	}
}
