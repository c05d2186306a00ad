package journal

import "testing"

// The journal computes two hashes per creation: the exclusive hash and the customer hash.
func BenchmarkIndex(b *testing.B) {
	hashes := newIndex(make([]byte, 32))
	b.ReportAllocs()
	for b.Loop() {
		hashes.exclusive(Key{Provider: "opencell"}, "CLASSIC-C00")
		hashes.customer("opencell", "CLASSIC-C00")
	}
}
