package main

import (
	"fmt"
	"strings"
)

// target is a figure that Enlist shall reach.
type target struct {
	what     string
	limit    float64
	least    bool // the limit is the least, not the most
	unit     string
	measured func(r *results) (value float64, text string)
}

// targets are the targets of a creation and a read, against the server written by hand on the same
// kind of database.
func targets() []target {
	creation := func(metric metric, of, to string, callers int) func(*results) (float64, string) {
		return ratio(metric, of, to, create, callers)
	}
	stored := func(of, to string) func(*results) (float64, string) {
		return func(r *results) (float64, string) {
			if r.stored[of] == 0 || r.stored[to] == 0 {
				return 0, ""
			}
			value := r.stored[of] / r.stored[to]
			return value, fmt.Sprintf("%.2f", value)
		}
	}
	const toHand = " ÷ by hand"
	return []target{
		{"CPU of a creation, SQLite, 64 callers" + toHand, 0.5, false, "", creation(cpu, enlistSQLite, handSQLite, 64)},
		{"the same, 16 callers", 0.7, false, "", creation(cpu, enlistSQLite, handSQLite, 16)},
		{"the same, 1 caller", 1.1, false, "", creation(cpu, enlistSQLite, handSQLite, 1)},
		{"CPU of a creation with the database's, PostgreSQL, 64 callers" + toHand, 1.0, false, "", creation(cpu, enlistPostgres, handPostgres, 64)},
		{"the same, 16 callers", 1.1, false, "", creation(cpu, enlistPostgres, handPostgres, 16)},
		{"the same, 1 caller", 1.2, false, "", creation(cpu, enlistPostgres, handPostgres, 1)},
		{"creations a second, PostgreSQL, 64 callers" + toHand, 1.0, true, "", creation(perSecond, enlistPostgres, handPostgres, 64)},
		{"bytes stored, SQLite" + toHand, 2.5, false, "", stored(enlistSQLite, handSQLite)},
		{"bytes stored, PostgreSQL" + toHand, 2.5, false, "", stored(enlistPostgres, handPostgres)},
		{"written to disk, SQLite, 1 caller", 35, false, " KiB", func(r *results) (float64, string) {
			values := r.find(enlistSQLite, create, 1).values(func(f *figures) float64 { return written(f) / 1024 })
			return median(values), middle("%.0f", values)
		}},
		{"GetCustomer, CPU, 64 callers ÷ bare handler", 1.2, false, "", ratio(cpu, enlistSQLite, bareHandler, get, 64)},
	}
}

// ratio returns a function for the median ratio of a metric between two subjects.
func ratio(metric metric, of, to, kind string, callers int) func(*results) (float64, string) {
	return func(r *results) (float64, string) {
		values := ratios(r.find(of, kind, callers), r.find(to, kind, callers), metric)
		return median(values), middle("%.2f", values)
	}
}

// targets is the table of the targets that were measured, and of the peers.
func (r *results) targets() string {
	var text strings.Builder
	text.WriteString("| figure | target | measured | |\n|---|---|---|---|\n")
	for _, t := range targets() {
		value, measured := t.measured(r)
		if measured == "" {
			continue
		}
		sign, verdict := "≤", "missed"
		if t.least {
			sign = "≥"
		}
		if t.least && value >= t.limit || !t.least && value <= t.limit {
			verdict = "held"
		}
		fmt.Fprintf(&text, "| %s | %s %g%s | %s | %s |\n", t.what, sign, t.limit, t.unit, measured, verdict)
	}
	for _, peer := range []string{dbos, river} {
		_, measured := ratio(cpu, peer, enlistPostgres, create, 64)(r)
		if measured != "" {
			fmt.Fprintf(&text, "| CPU of a creation, 64 callers, %s ÷ Enlist | reported | %s | |\n", peer, measured)
		}
	}
	for _, pair := range [][2]string{{create, restCreate}, {get, restGet}} {
		values := ratios(r.find(enlistSQLite, pair[1], 64), r.find(enlistSQLite, pair[0], 64), cpu)
		if len(values) > 0 {
			fmt.Fprintf(&text, "| CPU of a %s ÷ the same over gRPC | reported | %s | |\n", pair[1], middle("%.2f", values))
		}
	}
	for _, kind := range []string{create, get} {
		if _, measured := ratio(cpu, audited, enlistSQLite, kind, 64)(r); measured != "" {
			fmt.Fprintf(&text, "| CPU of a %s with an audit stream ÷ without | reported | %s | |\n", kind, measured)
		}
	}
	return text.String()
}
