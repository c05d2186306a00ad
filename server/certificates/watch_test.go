package certificates

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/server/auth/authtest"
)

// mounted is a folder in which Kubernetes mounts secrets. It has a link to the current version.
type mounted struct{ folder, link string }

func mount(t *testing.T) mounted {
	t.Helper()
	folder := t.TempDir()
	return mounted{folder: folder, link: filepath.Join(folder, "data")}
}

// swap makes a version the current one in a single step.
func (m mounted) swap(t *testing.T, fill func(version string)) {
	t.Helper()
	version, err := os.MkdirTemp(m.folder, "version")
	if err != nil {
		t.Fatal(err)
	}
	fill(version)
	if err := os.Symlink(version, m.link+".new"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(m.link+".new", m.link); err != nil {
		t.Fatal(err)
	}
}

func (m mounted) settings(withCA bool) *configv1.Tls {
	settings := &configv1.Tls{CertFile: filepath.Join(m.link, "cert.pem"), KeyFile: filepath.Join(m.link, "key.pem")}
	if withCA {
		settings.ClientCaFile = filepath.Join(m.link, "ca.pem")
	}
	return settings
}

// shakeHands connects to a port. It returns the server's certificate, and whether the connection
// resumed a session.
func shakeHands(t *testing.T, port, client *tls.Config) (served *x509.Certificate, resumed bool, err error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	here, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	there, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	var refused error
	serving.Go(func() {
		defer there.Close()
		server := tls.Server(there, port)
		if refused = server.HandshakeContext(t.Context()); refused == nil {
			_, refused = server.Write([]byte("x"))
		}
	})
	connected := tls.Client(here, client)
	err = connected.HandshakeContext(t.Context())
	if err == nil {
		_, err = connected.Read(make([]byte, 1)) // with TLS 1.3 a refusal comes after the handshake
	}
	_ = here.Close()
	serving.Wait()
	if err != nil {
		return nil, false, err
	}
	state := connected.ConnectionState()
	return state.PeerCertificates[0], state.DidResume, refused
}

// New connections use the current files, for the certificate and for the permitted callers.
// Broken files change nothing.
func TestFilesAreReadAgain(t *testing.T) {
	servers, first, second := authtest.NewAuthority(t), authtest.NewAuthority(t), authtest.NewAuthority(t)
	files := mount(t)
	old, renewed := servers.Server(t), servers.Server(t)
	files.swap(t, func(version string) {
		authtest.Write(t, version, old)
		first.Write(t, version)
	})
	w, err := Watch(Port{Name: "grpc.tls", Settings: files.settings(true), Protocols: []string{"h2"}, RequireClient: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	port := w.Config() // one, as in a server: another one resumes no session
	sessions := map[*authtest.Authority]tls.ClientSessionCache{first: tls.NewLRUClientSessionCache(4), second: tls.NewLRUClientSessionCache(4)}
	wentOn := false
	sees := func(callers *authtest.Authority, want *x509.Certificate) {
		t.Helper()
		client := callers.Client(t, "jo")
		got, resumed, err := shakeHands(t, port, &tls.Config{
			RootCAs: servers.Pool(), ServerName: "localhost", ClientSessionCache: sessions[callers],
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &client, nil },
		})
		wentOn = wentOn || resumed
		if want == nil {
			if err == nil {
				t.Error("a stranger is let in")
			}
		} else if err != nil || !got.Equal(want) {
			t.Errorf("not that certificate: %v", err)
		}
	}
	sees(first, old.Leaf)
	sees(second, nil)
	files.swap(t, func(version string) { // the key of another certificate
		authtest.Write(t, version, renewed)
		cert, err := os.ReadFile(filepath.Join(files.link, "cert.pem"))
		if err != nil {
			t.Fatal(err)
		}
		_ = os.WriteFile(filepath.Join(version, "cert.pem"), cert, 0o600)
		first.Write(t, version)
	})
	if problems := w.look(); len(problems) != 1 || problems[0].Field != "key_file" {
		t.Errorf("of a key that does not fit: %v", problems)
	}
	if problems := w.look(); len(problems) != 0 {
		t.Errorf("told again: %v", problems)
	}
	sees(first, old.Leaf)
	if !wentOn {
		t.Error("no session went on: what is seen below says nothing of sessions")
	}
	files.swap(t, func(version string) {
		authtest.Write(t, version, renewed)
		second.Write(t, version)
	})
	if problems := w.look(); len(problems) != 0 {
		t.Fatal(problems)
	}
	sees(second, renewed.Leaf)
	sees(first, nil) // even if the client still holds a session
}

// The server reads the files every few seconds. It logs once a day that a certificate expires
// soon.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &testkit.LogBuffer{}
		servers, files := authtest.NewAuthority(t), mount(t)
		soon := servers.Issue(t, &x509.Certificate{DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(29 * 24 * time.Hour)})
		files.swap(t, func(version string) { authtest.Write(t, version, soon) })
		w, err := Watch(Port{Name: "http.tls", Settings: files.settings(false), Log: slog.New(slog.NewTextHandler(log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.Run(ctx) })
		// This time lies between two reads. A read during the removal would see half of it.
		time.Sleep(3*24*time.Hour + time.Minute + time.Second)
		if warnings := strings.Count(log.String(), "expires soon"); warnings != 4 {
			t.Errorf("%d warnings in three days and a minute", warnings)
		}
		if err := os.Remove(files.link); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if errs := strings.Count(log.String(), "level=ERROR"); errs != 2 || !strings.Contains(log.String(), "field=http.tls.key_file") {
			t.Errorf("%d errors of two files that are gone:\n%s", errs, log.String())
		}
		if !w.current.Load().Certificates[0].Leaf.Equal(soon.Leaf) {
			t.Error("what is gone was taken")
		}
		renewed := servers.Server(t)
		files.swap(t, func(version string) { authtest.Write(t, version, renewed) })
		time.Sleep(10 * time.Second)
		if !w.current.Load().Certificates[0].Leaf.Equal(renewed.Leaf) {
			t.Error("ten seconds after the change it is not in use")
		}
		stop()
		running.Wait()
	})
}

// A problem of the files names the field and the file.
func TestCheck(t *testing.T) {
	folder, other := t.TempDir(), t.TempDir()
	authority := authtest.NewAuthority(t)
	cert, key := authtest.Write(t, folder, authority.Server(t))
	_, otherKey := authtest.Write(t, other, authority.Server(t))
	ca := authority.Write(t, folder)
	page := filepath.Join(folder, "page")
	_ = os.WriteFile(page, []byte("no PEM"), 0o600)
	both := filepath.Join(folder, "both")
	text, _ := os.ReadFile(ca)
	_ = os.WriteFile(both, append(text, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"...), 0o600)
	for name, c := range map[string]struct {
		settings *configv1.Tls
		want     []string // field and file
	}{
		"good":             {&configv1.Tls{CertFile: cert, KeyFile: key, ClientCaFile: ca}, nil},
		"missing":          {&configv1.Tls{CertFile: "/none/c", KeyFile: "/none/k", ClientCaFile: "/none/a"}, []string{"cert_file /none/c", "key_file /none/k", "client_ca_file /none/a"}},
		"another's key":    {&configv1.Tls{CertFile: cert, KeyFile: otherKey}, []string{"key_file " + otherKey}},
		"no certificate":   {&configv1.Tls{CertFile: page, KeyFile: key}, []string{"cert_file " + page}},
		"no key":           {&configv1.Tls{CertFile: cert, KeyFile: page}, []string{"key_file " + page}},
		"no authority":     {&configv1.Tls{CertFile: cert, KeyFile: key, ClientCaFile: page}, []string{"client_ca_file " + page}},
		"a key for one":    {&configv1.Tls{CertFile: cert, KeyFile: key, ClientCaFile: key}, []string{"client_ca_file " + key}},
		"a half authority": {&configv1.Tls{CertFile: cert, KeyFile: key, ClientCaFile: both}, []string{"client_ca_file " + both}},
	} {
		t.Run(name, func(t *testing.T) {
			problems := Check(c.settings, os.ReadFile)
			if len(problems) != len(c.want) {
				t.Fatalf("got %v, want %q", problems, c.want)
			}
			for i, want := range c.want {
				field, file, _ := strings.Cut(want, " ")
				if problems[i].Field != field || !strings.Contains(problems[i].Description, file) {
					t.Errorf("got %v, want %q", problems[i], want)
				}
			}
		})
	}
}
