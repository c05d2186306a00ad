package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/config"
)

type healthCommand struct {
	Address string        `help:"Address or URL of the server's admin or REST port. Default: ${rest_address}, or the port in --config." placeholder:"HOST:PORT"`
	CAFile  string        `help:"PEM file with the authority of the server's certificate. Default: the system's." name:"ca-file" type:"path" placeholder:"FILE"`
	Config  string        `help:"Configuration file (YAML) of a server on this machine." type:"path" placeholder:"FILE"`
	Timeout time.Duration `help:"How long to wait for a response. Default: ${default}." default:"2s" placeholder:"DURATION"`
}

func (c *healthCommand) Run(ctx context.Context, s *streams) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	address, trusted, err := c.target()
	if err != nil {
		return err
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: trusted}}).Do(request)
	if err != nil {
		return fmt.Errorf("%w (this command has no client certificate: set admin.address and use that port)", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errors.New("not ready: " + response.Status)
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}

// target returns whom to ask, and whom to take for the server.
func (c *healthCommand) target() (address string, trusted *tls.Config, err error) {
	if c.Config == "" {
		trusted, err = trust(c.CAFile)
		return cmp.Or(c.Address, "127.0.0.1:8080"), trusted, err
	}
	configuration, err := config.Load(c.Config)
	if err != nil {
		return "", nil, err
	}
	if admin := configuration.GetAdmin().GetAddress(); admin != "" {
		return cmp.Or(c.Address, here(admin)), nil, nil
	}
	settings := configuration.GetHttp().GetTls()
	if settings == nil {
		return cmp.Or(c.Address, here(configuration.GetHttp().GetAddress())), nil, nil
	}
	trusted, err = itself(settings)
	return cmp.Or(c.Address, "https://"+here(configuration.GetHttp().GetAddress())), trusted, err
}

// here is where this machine reaches an address that is listened on.
func here(address string) string {
	host, port, _ := net.SplitHostPort(address)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// trust returns what takes a server for itself whose certificate an authority of the file has signed; without a file, an authority of the system.
func trust(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // the standard
	}
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ca-file: %s has no certificates in PEM", file)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// itself takes for the server whoever holds its certificate, by one of the names in it: on this machine it is reached by none of them.
func itself(settings *configv1.Tls) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(settings.GetCertFile(), settings.GetKeyFile())
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(pair.Leaf)
	names := pair.Leaf.DNSNames
	for _, ip := range pair.Leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return nil, errors.New("the certificate in http.tls.cert_file has no DNS name or IP address: clients refuse it")
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: names[0]}, nil
}
