package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
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
	Server   string `help:"Address of gRPC (${default}, ${env})." default:"127.0.0.1:9090" env:"ENLIST_SERVER" placeholder:"ADDRESS"`
	APIKey   string `help:"API key or token; better in ${env}." name:"api-key" env:"ENLIST_API_KEY" placeholder:"KEY"`
	CAFile   string `help:"Authority of the server's certificate, PEM." name:"ca-file" type:"path" placeholder:"FILE"`
	CertFile string `help:"Certificate of this client, PEM." name:"cert-file" type:"path" placeholder:"FILE"`
	KeyFile  string `help:"Key of --cert-file, PEM." name:"key-file" type:"path" placeholder:"FILE"`
	Output   string `help:"How to print: table or json." enum:"table,json" default:"table" short:"o" placeholder:"FORMAT"`
}

// connect returns a connection to the server. It uses TLS, except to a loopback address or an
// http:// URL.
func (r *remote) connect() (*grpc.ClientConn, error) {
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
func (r *remote) address() (address string, secure bool, err error) {
	scheme, rest, isURL := strings.Cut(r.Server, "://")
	if !isURL {
		scheme, rest = "", r.Server
	}
	address = strings.TrimSuffix(rest, "/")
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || port == "" || strings.ContainsAny(address, "/@?#") || isURL && scheme != "http" && scheme != "https" {
		return "", false, errors.New("--server must be HOST:PORT, https://HOST:PORT, or http://HOST:PORT for a server without TLS")
	}
	return address, scheme == "https" || scheme == "" && !config.IsLoopback(address), nil
}

func (r *remote) tls() (*tls.Config, error) {
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

// readTimeout bounds a request that reads.
const readTimeout = time.Minute

// read calls an RPC that reads.
func read[Request, Response any](
	ctx context.Context, request Request, rpc func(context.Context, Request, ...grpc.CallOption) (Response, error),
) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return rpc(ctx, request)
}
