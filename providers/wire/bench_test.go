package wire

import (
	"testing"

	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
)

func BenchmarkJSON(b *testing.B) {
	message := &opencellv1.CrmAccountHierarchy{Code: "CLASSIC-C00", Description: "John Smith", Email: "qa@example.com", Language: "FRA", Currency: "EUR"}
	b.ReportAllocs()
	for b.Loop() {
		JSON(message)
	}
}

// BenchmarkMembers is what every answer to a create goes through before it is kept.
func BenchmarkMembers(b *testing.B) {
	members := NewMembers("tokenId", "iban")
	b.ReportAllocs()
	for b.Loop() {
		members.Redact(`{"message":"","status":"SUCCESS"}`)
	}
}
