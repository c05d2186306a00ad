package caliq

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// The reader keeps only the few relevant rows of a list of 100,000 accounts in memory. A row costs
// a few allocations, whose number does not grow with the list.
func TestLongListStaysSmall(t *testing.T) {
	cost := func(rows int) (perRow float64, kept int64) {
		response := &vendorhttp.Response{Status: http.StatusOK, Body: longList(rows)}
		found := &listed{}
		perRow = testing.AllocsPerRun(1, func() {
			var err error
			if found, err = (&Provider{}).accounts(nil, response, "A-7"); err != nil {
				t.Fatal(err)
			}
		}) / float64(rows)
		if len(found.exact) != 1 || len(found.near) != 0 {
			t.Fatalf("found %v", found)
		}
		with := inUse()
		runtime.KeepAlive(found)
		found = nil
		without := inUse()
		runtime.KeepAlive(response)
		return perRow, with - without
	}
	short, _ := cost(1_000)
	long, kept := cost(100_000)
	t.Logf("%.1f allocations a row in a list of 100,000, %.1f in one of 1,000; %d bytes kept", long, short, kept)
	if long > 30 || long > short*1.1 {
		t.Errorf("%.1f allocations a row, and %.1f in a short list", long, short)
	}
	if kept > 100_000 {
		t.Errorf("%d bytes are kept of the list", kept)
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
