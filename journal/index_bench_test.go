package journal

import "testing"

// A create is hashed twice: as what it excludes, and as its customer.
func BenchmarkIndex(b *testing.B) {
	hashes := newIndex(make([]byte, 32))
	b.ReportAllocs()
	for b.Loop() {
		hashes.exclusive("opencell", "CLASSIC-C00")
		hashes.customer("opencell", "CLASSIC-C00")
	}
}
