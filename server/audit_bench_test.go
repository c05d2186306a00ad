package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/server/audit"
	"github.com/enlist-dev/enlist/server/auth"
)

// BenchmarkAudit measures what the line of a creation costs, in a file and not at all.
func BenchmarkAudit(b *testing.B) {
	pseudonym := func(provider, id string) []byte {
		mac := hmac.New(sha256.New, []byte("key"))
		mac.Write([]byte(provider + "\x00" + id))
		return mac.Sum(nil)
	}
	for name, config := range map[string]*configv1.Audit{"off": nil, "file": {File: filepath.Join(b.TempDir(), "audit.jsonl")}} {
		b.Run(name, func(b *testing.B) {
			stream, err := audit.Open(config, audit.Options{Pseudonym: pseudonym, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
			if err != nil {
				b.Fatal(err)
			}
			seen := telemetry{audit: stream}
			request := &enlistv1.CreateCustomerRequest{
				Provider: "opencell", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", Customer: &enlistv1.Customer{Id: "BENCH-1"},
			}
			response := &enlistv1.CreateCustomerResponse{Customer: &enlistv1.Customer{Id: "BENCH-1"}, Outcome: enlistv1.Outcome_OUTCOME_CREATED}
			c := &call{
				id: "53431e0b-8b8d-4340-a25e-4c16e05719f1", rpc: "CreateCustomer", transport: overGRPC, provider: "opencell",
				requestID: request.GetRequestId(), caller: &auth.Caller{Principal: "billing"}, isValid: true,
			}
			b.ReportAllocs()
			for b.Loop() {
				seen.record(c, request, response, codes.OK, nil)
			}
			if err := stream.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
