package limit

import "testing"

// A provider without its own setting gets its share of the files, within bounds.
func TestShareOfFiles(t *testing.T) {
	for _, c := range []struct {
		files uint64
		among int
		want  int
	}{{20000, 2, 7500}, {20000, 5, 3000}, {1024, 5, 153}, {64, 5, 16}, {1 << 20, 1, 10000}, {1 << 63, 1, 10000}, {0, 0, 16}} {
		if got := perProvider(c.files, c.among); got != c.want {
			t.Errorf("%d files among %d: %d, want %d", c.files, c.among, got, c.want)
		}
	}
}
