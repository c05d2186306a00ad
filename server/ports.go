package server

import (
	"log/slog"
	"slices"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/certificates"
	"github.com/enlist-dev/enlist/server/config"
)

// transports holds the TLS of the two ports, nil for a port without TLS.
type transports struct{ grpc, http *certificates.Watched }

func newTransports(configured *configv1.Config, log *slog.Logger) (transports, error) {
	var both transports
	var err error
	watch := func(name string, settings *configv1.Tls, protocols ...string) *certificates.Watched {
		if settings == nil || err != nil {
			return nil
		}
		var watched *certificates.Watched
		watched, err = certificates.Watch(certificates.Port{
			Name: name, Settings: settings, Protocols: protocols, RequireClient: config.RequiresCertificate(configured.GetAuth(), settings), Log: log,
		})
		return watched
	}
	both.grpc = watch("grpc.tls", configured.GetGrpc().GetTls(), "h2")
	both.http = watch("http.tls", configured.GetHttp().GetTls(), "h2", "http/1.1")
	return both, err
}

// asksForCertificates reports whether a port asks for client certificates.
func asksForCertificates(configured *configv1.Config) bool {
	return configured.GetGrpc().GetTls().GetClientCaFile() != "" || configured.GetHttp().GetTls().GetClientCaFile() != ""
}

// all returns the TLS of the ports that have it.
func (t transports) all() []*certificates.Watched {
	return slices.DeleteFunc([]*certificates.Watched{t.grpc, t.http}, func(port *certificates.Watched) bool { return port == nil })
}

// ofGRPC returns the credentials of the gRPC port.
func (t transports) ofGRPC() credentials.TransportCredentials {
	if t.grpc == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(t.grpc.Config())
}

// warnOfPlainText warns where keys and tokens travel in plain text. They do so unless a proxy in
// front of the server terminates TLS.
func warnOfPlainText(configured *configv1.Config, log *slog.Logger) {
	for _, port := range []struct {
		name, address string
		settings      *configv1.Tls
	}{
		{"grpc", configured.GetGrpc().GetAddress(), configured.GetGrpc().GetTls()},
		{"http", configured.GetHttp().GetAddress(), configured.GetHttp().GetTls()},
	} {
		if port.settings == nil && !config.IsLoopback(port.address) {
			log.Warn("this port receives credentials over the network without TLS; set tls, or use a TLS proxy",
				"field", port.name+".tls")
		}
	}
}
