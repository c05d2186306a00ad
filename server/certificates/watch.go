package certificates

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

const (
	// lookEvery is how often the files are read: their content is compared, since times and names say nothing where a link is moved.
	lookEvery = 5 * time.Second
	// endsSoon is how long before a certificate ends the log says so, and warnEvery how often.
	endsSoon  = 30 * 24 * time.Hour
	warnEvery = 24 * time.Hour
)

// Port is the TLS of a port.
type Port struct {
	// Name of its section in the configuration: grpc.tls.
	Name string
	// Settings are that section.
	Settings *configv1.Tls
	// Protocols that it speaks, by their names in ALPN.
	Protocols []string
	// RequireClient refuses connections without a client certificate.
	RequireClient bool
	// Log is told of files that have changed.
	Log *slog.Logger
}

// Watched is a port's TLS as its files now are. Safe for concurrent use.
type Watched struct {
	port    Port
	current atomic.Pointer[tls.Config]
	seen    [sha256.Size]byte // of the files, when they were last read
	warned  time.Time
}

// Watch reads the files of a port.
func Watch(port Port) (*Watched, error) {
	w := &Watched{port: port}
	if problems := w.look(); len(problems) > 0 {
		return nil, fmt.Errorf("%s.%s %s", port.Name, problems[0].Field, problems[0].Description)
	}
	return w, nil
}

// Config returns a configuration that takes each connection by what the files then hold.
func (w *Watched) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: w.port.Protocols,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return w.current.Load(), nil
		},
	}
}

// Run reads the files again and again until the context ends. What cannot be used leaves in place what there is.
func (w *Watched) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookEvery):
		}
		for _, problem := range w.look() {
			w.port.Log.Error("cannot use a changed file; Enlist keeps using the earlier content",
				"field", w.port.Name+"."+problem.Field, "problem", problem.Description)
		}
	}
}

// look takes the files over where they have changed. What is wrong with them is told once for each change.
func (w *Watched) look() []Problem {
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

// warn says once a day that the certificate ends soon.
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

// digest tells one state of the files from another, also of files that cannot be read.
func digest(read contents, problems []Problem) [sha256.Size]byte {
	var of []byte
	for _, text := range [][]byte{read.cert, read.key, read.clientCA} {
		hash := sha256.Sum256(text)
		of = append(of, hash[:]...)
	}
	return sha256.Sum256(fmt.Appendf(of, "%v", problems))
}
