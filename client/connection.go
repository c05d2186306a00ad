package client

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"github.com/enlist-dev/enlist/gen/go/enlist/serviceconfig"
)

// New returns a connection to Enlist with its service config and keepalive. The service config
// retries reads and checks the health of every replica. The target is as in grpc.NewClient, for
// example dns:///enlist.example.com:9090. One of the options must name the transport credentials:
// credentials.NewTLS, or insecure.NewCredentials on this machine. Later options win.
func New(target string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	recommended := []grpc.DialOption{
		grpc.WithDefaultServiceConfig(serviceconfig.JSON),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
	}
	return grpc.NewClient(target, append(recommended, options...)...)
}
