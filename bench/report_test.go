package main

import (
	"strings"
	"testing"
)

// A target is held or missed by the median of the ratios of the rounds. A figure that was not
// measured has no row.
func TestTargets(t *testing.T) {
	rounds := func(values ...float64) (all []*figures) {
		for _, value := range values {
			all = append(all, &figures{usage: usage{cpu: value}})
		}
		return all
	}
	hand, enlist := &subject{name: handSQLite}, &subject{name: enlistSQLite}
	measured := &results{plan: &plan{}, stored: map[string]float64{handSQLite: 500, enlistSQLite: 2000}, series: []*series{
		{subject: hand, kind: create, callers: 64, rounds: rounds(100, 200, 1000)},
		{subject: enlist, kind: create, callers: 64, rounds: rounds(40, 90, 900)},
		{subject: hand, kind: create, callers: 1, rounds: rounds(100)},
		{subject: enlist, kind: create, callers: 1, rounds: rounds(120)},
	}}
	text := measured.targets()
	for _, row := range []string{
		"| CPU of a creation, SQLite, 64 callers ÷ by hand | ≤ 0.5 | 0.45 (0.40 to 0.90) | held |",
		"| the same, 1 caller | ≤ 1.1 | 1.20 (1.20 to 1.20) | missed |",
		"| bytes stored, SQLite ÷ by hand | ≤ 2.5 | 4.00 | missed |",
	} {
		if !strings.Contains(text, row) {
			t.Errorf("the table lacks %s\n%s", row, text)
		}
	}
	if strings.Contains(text, "PostgreSQL") || strings.Contains(text, "16 callers") {
		t.Errorf("the table has rows that were not measured\n%s", text)
	}
}
