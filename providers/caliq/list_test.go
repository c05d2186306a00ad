package caliq

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// The reader keeps only the few relevant rows of a list of 100,000 accounts in memory. A row costs
// a few allocations, whose number does not grow with the list.
func TestLongListStaysSmall(t *testing.T) {
	cost := func(rows int) (perRow float64, kept int64) {
		list := longList(rows)
		found := &listed{}
		perRow = testing.AllocsPerRun(1, func() {
			found = &listed{}
			found.scan(&vendorhttp.Body{Reader: bytes.NewReader(list)}, "A-7")
		}) / float64(rows)
		if !found.isList || len(found.exact) != 1 || len(found.near) != 0 {
			t.Fatalf("found %v", found)
		}
		with := inUse()
		runtime.KeepAlive(found)
		found = nil
		without := inUse()
		runtime.KeepAlive(list)
		return perRow, with - without
	}
	short, _ := cost(1_000)
	long, kept := cost(100_000)
	t.Logf("%.1f allocations a row in a list of 100,000, %.1f in one of 1,000; %d bytes kept", long, short, kept)
	if long > 15 || long > short*1.1 {
		t.Errorf("%.1f allocations a row, and %.1f in a short list", long, short)
	}
	if kept > 100_000 {
		t.Errorf("%d bytes are kept of the list", kept)
	}
}

// BenchmarkList reads a list of 100,000 accounts.
func BenchmarkList(b *testing.B) {
	list := longList(100_000)
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		found := &listed{}
		if found.scan(&vendorhttp.Body{Reader: bytes.NewReader(list)}, "A-7"); len(found.exact) != 1 {
			b.Fatal(found)
		}
	}
}

func longList(rows int) []byte {
	var body bytes.Buffer
	body.WriteString(`{"CustomerChangeList":[`)
	for i := range rows {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"ID":%d,"AccountNo":"A-%d"}`, i+1, i)
	}
	body.WriteString(`]}`)
	return body.Bytes()
}

// inUse returns the used bytes of the heap after a collection.
func inUse() int64 {
	var memory runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}
