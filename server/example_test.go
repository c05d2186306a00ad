package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/enlist-dev/enlist/cli"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/server"
)

// A server without vendors, on free ports, until its context ends.
func ExampleNew() {
	ctx, stop := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	folder, err := os.MkdirTemp("", "enlist-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	store, err := sqlite.Open(ctx, filepath.Join(folder, "enlist.db"), sqlite.Options{})
	if err != nil {
		panic(err)
	}
	records, err := journal.New(ctx, store, journal.Options{Keys: [][]byte{make([]byte, 32)}, Replica: "replica-1"})
	if err != nil {
		panic(err)
	}
	defer records.Close()
	config := cli.EmbeddedConfig("")
	config.Grpc.Address, config.Http.Address, config.Providers = "127.0.0.1:0", "127.0.0.1:0", nil
	s, err := server.New(server.Options{
		Config: config, Creates: once.New(records, nil, once.Options{}, log), OpenAPI: []byte("{}"), Log: log, Metrics: prometheus.NewRegistry(),
	})
	if err != nil {
		panic(err)
	}
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()

	connection, err := grpc.NewClient(s.GRPCAddress(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	health, err := healthv1.NewHealthClient(connection).Check(ctx, &healthv1.HealthCheckRequest{}, grpc.WaitForReady(true))
	fmt.Println(health.GetStatus(), err)
	connection.Close()
	stop()
	fmt.Println(<-ended)
	// Output:
	// SERVING <nil>
	// <nil>
}
