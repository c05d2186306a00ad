package server

import "testing"

// The server refuses calls above nine tenths of the limit. It accepts them again only when a
// little more memory is free.
func TestShortOfMemory(t *testing.T) {
	m := &shortage{limit: 1000}
	for i, step := range []struct {
		used           uint64
		short, changes bool
	}{{900, false, false}, {901, true, true}, {999, true, false}, {850, true, false}, {849, false, true}, {900, false, false}} {
		if changes := m.note(step.used); changes != step.changes || m.isShort() != step.short {
			t.Errorf("step %d, %d of 1000 used: short %t, changed %t", i, step.used, m.isShort(), changes)
		}
	}
	if (*shortage)(nil).isShort() {
		t.Error("short of memory without a limit")
	}
}
