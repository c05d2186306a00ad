package cli

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/enlist-dev/enlist/client"
	"github.com/enlist-dev/enlist/server/config"
)

// remote is how a command reaches a server, and how it prints what the server responds.
type remote struct {
	serverFlags `embed:""`
	Output      string `help:"How to print: table or json." enum:"table,json" default:"table" short:"o" placeholder:"FORMAT"`
}

// serverFlags is how a command reaches a server.
type serverFlags struct {
	Server   string `help:"Address of gRPC (${default}, ${env})." default:"127.0.0.1:9090" env:"ENLIST_SERVER" placeholder:"ADDRESS"`
	APIKey   string `help:"API key or token; better in ${env}." name:"api-key" env:"ENLIST_API_KEY" placeholder:"KEY"`
	CAFile   string `help:"Authority of the server's certificate, PEM." name:"ca-file" type:"path" placeholder:"FILE"`
	CertFile string `help:"Certificate of this client, PEM." name:"cert-file" type:"path" placeholder:"FILE"`
	KeyFile  string `help:"Key of --cert-file, PEM." name:"key-file" type:"path" placeholder:"FILE"`
}

const defaultServer = "127.0.0.1:9090"

// connect returns a connection to the server. It uses TLS, except to a loopback address or an
// http:// URL.
func (r *serverFlags) connect() (*grpc.ClientConn, error) {
	address, secure, err := r.address()
	if err != nil {
		return nil, err
	}
	transport := insecure.NewCredentials()
	if secure {
		settings, err := r.tls()
		if err != nil {
			return nil, err
		}
		transport = credentials.NewTLS(settings)
	} else if r.CAFile+r.CertFile+r.KeyFile != "" {
		return nil, fmt.Errorf("--ca-file, --cert-file and --key-file need TLS: write --server https://%s", address)
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport), grpc.WithUserAgent("enlist-cli/" + thisBuild().version)}
	if r.APIKey != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer(r.APIKey)))
	}
	return client.New(address, options...)
}

// address returns host and port of the server, and whether it is reached over TLS.
func (r *serverFlags) address() (address string, secure bool, err error) {
	scheme, rest, isURL := strings.Cut(r.Server, "://")
	if !isURL {
		scheme, rest = "", r.Server
	}
	address = strings.ToLower(strings.TrimSuffix(rest, "/"))
	host, port, err := net.SplitHostPort(address)
	number, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || number == 0 || host == "" || strings.ContainsAny(address, "/@?# ") || isURL && scheme != "http" && scheme != "https" {
		return "", false, errors.New("--server must be HOST:PORT, https://HOST:PORT, or http://HOST:PORT for a server without TLS")
	}
	return address, scheme == "https" || scheme == "" && !config.IsLoopback(address), nil
}

// validate checks the flags. Its errors are those of usage.
func (r *remote) validate() error { return r.serverFlags.validate() }

func (r *serverFlags) validate() error {
	if strings.ContainsFunc(r.APIKey, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return errors.New("--api-key (ENLIST_API_KEY) must be printable ASCII without spaces or line breaks")
	}
	_, _, err := r.address()
	return err
}

// credentials returns what identifies the caller to the server: the API key, the issuer and the
// subject of a token, or the names in the client certificate.
func (r *serverFlags) credentials() (string, error) {
	var claims struct{ Iss, Sub string }
	if parts := strings.Split(r.APIKey, "."); len(parts) == 3 {
		text, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err == nil && json.Unmarshal(text, &claims) == nil && claims.Sub != "" {
			return "token " + claims.Iss + " " + claims.Sub, nil
		}
	}
	if r.APIKey != "" || r.CertFile == "" {
		return "key " + r.APIKey, nil
	}
	pair, err := tls.LoadX509KeyPair(r.CertFile, r.KeyFile)
	if err != nil {
		return "", err
	}
	return fmt.Sprint("certificate ", pair.Leaf.Subject, pair.Leaf.DNSNames, pair.Leaf.URIs, pair.Leaf.EmailAddresses), nil
}

func (r *serverFlags) tls() (*tls.Config, error) {
	settings, err := trust(r.CAFile)
	if err != nil {
		return nil, err
	}
	if settings == nil {
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if r.CertFile == "" && r.KeyFile == "" {
		return settings, nil
	}
	if r.CertFile == "" || r.KeyFile == "" {
		return nil, errors.New("--cert-file and --key-file must be set together")
	}
	pair, err := tls.LoadX509KeyPair(r.CertFile, r.KeyFile)
	settings.Certificates = []tls.Certificate{pair}
	return settings, err
}

// bearer sends an API key with each request.
type bearer string

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity returns false: an http:// URL is the user's choice.
func (bearer) RequireTransportSecurity() bool { return false }

const (
	// readTimeout bounds a request that reads.
	readTimeout = 30 * time.Second
	// vendorTimeout bounds a request for which Enlist lists the vendor's customers.
	vendorTimeout = 2 * time.Minute
)

// read calls an RPC that reads.
func read[Request, Response any](
	ctx context.Context, request Request, rpc func(context.Context, Request, ...grpc.CallOption) (Response, error), options ...grpc.CallOption,
) (Response, error) {
	return within(ctx, readTimeout, request, rpc, options...)
}

// within calls an RPC, for a time.
func within[Request, Response any](
	ctx context.Context, timeout time.Duration, request Request,
	rpc func(context.Context, Request, ...grpc.CallOption) (Response, error), options ...grpc.CallOption,
) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return rpc(ctx, request, options...)
}
