package certificates

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

const (
	// lookEvery is how often the server reads the files. It compares their content. Times and
	// names show nothing if the path is a link that moves.
	lookEvery = 5 * time.Second
	// endsSoon is how long before a certificate expires the log warns of it. warnEvery is how
	// often.
	endsSoon  = 30 * 24 * time.Hour
	warnEvery = 24 * time.Hour
)

// Port is the TLS of a port.
type Port struct {
	// Name is the name of the section in the configuration, for example grpc.tls.
	Name string
	// Settings is that section.
	Settings *configv1.Tls
	// Protocols lists the protocols of the port, by their names in ALPN.
	Protocols []string
	// RequireClient refuses connections without a client certificate.
	RequireClient bool
	// Log receives a line when files change.
	Log *slog.Logger
}

// Watched is a port's TLS with the current files. It is safe for concurrent use.
type Watched struct {
	port    Port
	current atomic.Pointer[tls.Config]

	mu     sync.Mutex        // held while the files are read
	seen   [sha256.Size]byte // of the files, when they were last read
	warned time.Time
}

// Watch reads the files of a port.
func Watch(port Port) (*Watched, error) {
	w := &Watched{port: port}
	if problems := w.look(); len(problems) > 0 {
		return nil, fmt.Errorf("%s.%s %s", port.Name, problems[0].Field, problems[0].Description)
	}
	return w, nil
}

// Config returns a configuration that uses the current files for each new connection.
func (w *Watched) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: w.port.Protocols,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return w.current.Load(), nil
		},
	}
}

// Run reads the files repeatedly until the context ends. It keeps the current files if the new
// ones cannot be used.
func (w *Watched) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookEvery):
		}
		w.Reload()
	}
}

// Reload reads the files now. It keeps the current files if the new ones cannot be used, and logs
// why.
func (w *Watched) Reload() {
	for _, problem := range w.look() {
		w.port.Log.Error("cannot use a changed file; Enlist keeps using the earlier content",
			"field", w.port.Name+"."+problem.Field, "problem", problem.Description)
	}
}

// look adopts the files if they have changed. It reports their problems once for each change.
func (w *Watched) look() []Problem {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.warn()
	read, problems := readAll(w.port.Settings, os.ReadFile)
	now := digest(read, problems)
	if now == w.seen {
		return nil
	}
	w.seen = now
	if len(problems) > 0 {
		return problems
	}
	made, problems := parse(w.port.Settings, read)
	if len(problems) > 0 {
		return problems
	}
	if w.current.Swap(w.configOf(made)) != nil {
		w.port.Log.Info("using new certificates", "field", w.port.Name, "not_after", made.certificate.Leaf.NotAfter)
	}
	return nil
}

func (w *Watched) configOf(made material) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: w.port.Protocols, Certificates: []tls.Certificate{made.certificate}}
	if made.authorities != nil {
		config.ClientCAs, config.ClientAuth = made.authorities, tls.VerifyClientCertIfGiven
		if w.port.RequireClient {
			config.ClientAuth = tls.RequireAndVerifyClientCert
		}
	}
	return config
}

// warn logs once a day that the certificate expires soon.
func (w *Watched) warn() {
	config := w.current.Load()
	if config == nil {
		return
	}
	ends := config.Certificates[0].Leaf.NotAfter
	if now := time.Now(); ends.Sub(now) < endsSoon && now.Sub(w.warned) >= warnEvery {
		w.warned = now
		w.port.Log.Warn("the certificate expires soon or has expired; renew it", "field", w.port.Name+".cert_file", "not_after", ends)
	}
}

// digest returns a checksum of the files' state. It also tells apart the states of unreadable
// files.
func digest(read contents, problems []Problem) [sha256.Size]byte {
	var of []byte
	for _, text := range [][]byte{read.cert, read.key, read.clientCA} {
		hash := sha256.Sum256(text)
		of = append(of, hash[:]...)
	}
	return sha256.Sum256(fmt.Appendf(of, "%v", problems))
}
