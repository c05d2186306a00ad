package server

import "testing"

// BenchmarkRoute is what finding the route of a path costs every read over REST.
func BenchmarkRoute(b *testing.B) {
	all := routesOfContract()
	b.ReportAllocs()
	for b.Loop() {
		if len(all.at("/v1/providers/opencell/customers/BENCH-1")) != 1 {
			b.Fatal("no route")
		}
	}
}
