package byhand

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"

	"google.golang.org/grpc"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// The environment variables of a server. Its address is an argument instead.
const (
	VendorVariable   = "BENCH_VENDOR"   // the vendor's URL
	DatabaseVariable = "BENCH_DATABASE" // the path of the SQLite file, or the DSN of PostgreSQL
	StatsVariable    = "BENCH_STATS"    // address that serves the allocations
)

// Serve serves customers over gRPC until the context ends.
func Serve(ctx context.Context, address string, customers enlistv1.CustomerServiceServer) error {
	go func() { _ = ServeHTTP(ctx, os.Getenv(StatsVariable), http.HandlerFunc(tellAllocations)) }()
	var ports net.ListenConfig
	listener, err := ports.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	enlistv1.RegisterCustomerServiceServer(server, customers)
	defer context.AfterFunc(ctx, server.Stop)()
	return server.Serve(listener)
}

// ServeHTTP serves a handler until the context ends.
func ServeHTTP(ctx context.Context, address string, handler http.Handler) error {
	var ports net.ListenConfig
	listener, err := ports.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// Allocations counts what a process has allocated since its start.
type Allocations struct{ Objects, Bytes float64 }

func tellAllocations(w http.ResponseWriter, _ *http.Request) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	_ = json.NewEncoder(w).Encode(Allocations{float64(memory.Mallocs), float64(memory.TotalAlloc)})
}
