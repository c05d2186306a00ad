package crashtest_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// proxyMode is what happens to the data in a proxy.
type proxyMode int

const (
	open  proxyMode = iota
	cut             // connections break, and new ones fail
	deaf            // data to the server is lost, and connections stay
	mute            // data from the server is lost
	modes           // number of modes
)

func (m proxyMode) String() string { return [...]string{"open", "cut", "deaf", "mute"}[m] }

// proxy stands between a replica and its journal's server.
type proxy struct {
	listener net.Listener
	target   string

	cuts atomic.Int64 // how often the mode was not open

	mu    sync.Mutex
	mode  proxyMode
	conns map[net.Conn]struct{}
}

// newProxy starts a proxy in front of the server in a DSN, and returns the DSN that goes through
// it.
func newProxy(t *testing.T, dsn string) (p *proxy, through string) {
	t.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p = &proxy{target: address.Host, conns: map[net.Conn]struct{}{}}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go p.accept()
	t.Cleanup(func() {
		_ = p.listener.Close()
		p.set(cut)
	})
	address.Host = p.listener.Addr().String()
	return p, address.String()
}

// set changes the mode. Connections break if the mode was not open or is now cut, because they
// would have lost data.
func (p *proxy) set(mode proxyMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if mode == cut || p.mode != open {
		for conn := range p.conns {
			_ = conn.Close()
		}
		clear(p.conns)
	}
	p.mode = mode
	if mode != open {
		p.cuts.Add(1)
	}
}

func (p *proxy) is() proxyMode {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode
}

func (p *proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.carry(near)
	}
}

func (p *proxy) carry(near net.Conn) {
	defer near.Close()
	if p.is() == cut {
		return
	}
	far, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer far.Close()
	p.mu.Lock()
	if p.mode == cut {
		p.mu.Unlock()
		return
	}
	p.conns[near], p.conns[far] = struct{}{}, struct{}{}
	p.mu.Unlock()
	go func() {
		p.copy(far, near, deaf)
		_ = far.Close()
	}()
	p.copy(near, far, mute)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, near)
	delete(p.conns, far)
}

// copy copies one direction, and drops the data in the mode that loses it.
func (p *proxy) copy(to io.Writer, from io.Reader, loses proxyMode) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && p.is() != loses {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
