package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"

	gateway "github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// The environment variables of the parts. The address is an argument instead.
const (
	vendorVariable = "BENCH_VENDOR" // the vendor's URL
	statsVariable  = "BENCH_STATS"  // address that serves the allocations
	delayVariable  = "BENCH_DELAY"  // duration of the vendor's create response
)

// serveBareGRPC serves bare over gRPC.
func serveBareGRPC(ctx context.Context, address string) error {
	go func() { _ = serveHTTP(ctx, os.Getenv(statsVariable), http.HandlerFunc(tellAllocations)) }()
	var ports net.ListenConfig
	listener, err := ports.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	enlistv1.RegisterCustomerServiceServer(server, newBare(os.Getenv(vendorVariable)))
	defer context.AfterFunc(ctx, server.Stop)()
	return server.Serve(listener)
}

// serveStockGateway serves bare over gRPC behind a grpc-gateway. The gateway calls bare over
// loopback, as the gateway's documentation shows.
func serveStockGateway(ctx context.Context, address string) error {
	go func() { _ = serveHTTP(ctx, os.Getenv(statsVariable), http.HandlerFunc(tellAllocations)) }()
	var ports net.ListenConfig
	listener, err := ports.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	enlistv1.RegisterCustomerServiceServer(server, newBare(os.Getenv(vendorVariable)))
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	mux := gateway.NewServeMux()
	err = enlistv1.RegisterCustomerServiceHandlerFromEndpoint(ctx, mux, listener.Addr().String(),
		[]grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())})
	if err != nil {
		return err
	}
	return serveHTTP(ctx, address, mux)
}

// serveBareREST does the same work as bare with only net/http and encoding/json.
func serveBareREST(ctx context.Context, address string) error {
	go func() { _ = serveHTTP(ctx, os.Getenv(statsVariable), http.HandlerFunc(tellAllocations)) }()
	b := newBare(os.Getenv(vendorVariable))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/providers/{provider}/customers", func(w http.ResponseWriter, r *http.Request) {
		var request restCreate
		body, err := io.ReadAll(r.Body)
		if err = errors.Join(err, json.Unmarshal(body, &request)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := b.create(r.Context(), request.account()); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"customer": request.Customer, "outcome": "OUTCOME_CREATED", "requestId": request.RequestID})
	})
	mux.HandleFunc("GET /v1/providers/{provider}/customers/{customer}", func(w http.ResponseWriter, r *http.Request) {
		found, err := b.find(r.Context(), r.PathValue("customer"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"customer": restOf(found)})
	})
	return serveHTTP(ctx, address, mux)
}

// allocations counts what a process has allocated since its start.
type allocations struct{ Objects, Bytes float64 }

func tellAllocations(w http.ResponseWriter, _ *http.Request) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	_ = json.NewEncoder(w).Encode(allocations{float64(memory.Mallocs), float64(memory.TotalAlloc)})
}
