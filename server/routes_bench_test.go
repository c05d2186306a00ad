package server

import "testing"

// BenchmarkRoute measures the look-up of a path's route, a cost of every REST read.
func BenchmarkRoute(b *testing.B) {
	all := routesOfContract()
	b.ReportAllocs()
	for b.Loop() {
		if len(all.at("/v1/providers/opencell/customers/BENCH-1")) != 1 {
			b.Fatal("no route")
		}
	}
}
