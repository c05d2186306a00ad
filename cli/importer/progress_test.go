package importer

import (
	"strings"
	"testing"
	"time"
)

// The rows that an earlier run created do not count for the rate.
func TestProgress(t *testing.T) {
	var out strings.Builder
	p := &progress{
		out: &out, rows: 200, began: time.Now().Add(-10 * time.Second),
		counts: func() (int, int, string) { return 150, 100, "100 created before, 50 created" },
	}
	p.show()
	if want := "150 of 200 rows (5/s, 10s left): 100 created before, 50 created\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
