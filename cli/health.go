package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
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
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("the server does not run at %s. Start it, or set --address", request.URL.Host)
	}
	if err != nil {
		return fmt.Errorf("%w. If the port asks for client certificates, set admin.address and use that port", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		var said struct{ Reason string }
		_ = json.NewDecoder(response.Body).Decode(&said) // another server may say anything
		return errors.New(strings.TrimSuffix("not ready: "+response.Status+". "+said.Reason, ". "))
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}

// target returns the address of the server, and the TLS settings that recognize it.
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

// here returns the address at which this machine reaches a port that listens on an address.
func here(address string) string {
	host, port, _ := net.SplitHostPort(address)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// trust returns TLS settings that accept a certificate from an authority in the file. Without a
// file, the system's authorities count.
func trust(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // the default of net/http
	}
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ca-file: %s contains no certificate in PEM", file)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// itself returns TLS settings that accept the server's own certificate. They expect a name from the
// certificate, because the address of the server on this machine is not one of its names.
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
		return nil, errors.New("the certificate in http.tls.cert_file has no DNS name or IP address, so clients refuse it")
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: names[0]}, nil
}
