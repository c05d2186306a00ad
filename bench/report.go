package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// pair is two series whose ratio matters.
type pair struct{ what, of, to string }

func pairs() []pair {
	return []pair{
		{"gRPC create, with everything, to bare gRPC", "enlist, gRPC create", "bare gRPC, gRPC create"},
		{"REST create to our own gRPC create", "enlist, REST create", "enlist, gRPC create"},
		{"REST create, with everything, to the stock gateway", "enlist, REST create", "stock gateway, REST create"},
		{"REST create, with everything, to bare REST", "enlist, REST create", "bare REST, REST create"},
		{"gRPC create with an audit stream to without", "audited enlist, gRPC create", "enlist, gRPC create"},
		{"gRPC get with an audit stream to without", "audited enlist, gRPC get", "enlist, gRPC get"},
		{"gRPC get to bare gRPC", "enlist, gRPC get", "bare gRPC, gRPC get"},
		{"REST get to the stock gateway", "enlist, REST get", "stock gateway, REST get"},
	}
}

// report builds the tables. Each figure is min/median/max over the rounds. Each ratio compares
// figures of the same round.
func report(p *plan, all []series) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d rounds, %g s a series, %d callers; min/median/max\n\n", p.rounds, p.seconds, p.callers)
	text.WriteString("| series | CPU a call, µs | calls a second | p50, ms | p99, ms | allocations a call | KiB a call |\n|---|---|---|---|---|---|---|\n")
	for i := range all {
		s := &all[i]
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s | %s |\n", s.name,
			s.spread("%.0f", func(f *figures) float64 { return microseconds(f.cpu) }),
			s.spread("%.0f", func(f *figures) float64 { return f.perSecond }),
			s.spread("%.2f", func(f *figures) float64 { return microseconds(f.p50) / 1000 }),
			s.spread("%.2f", func(f *figures) float64 { return microseconds(f.p99) / 1000 }),
			s.spread("%.0f", func(f *figures) float64 { return f.objects }),
			s.spread("%.1f", func(f *figures) float64 { return f.bytes / 1024 }))
	}
	text.WriteString("\n| ratio | CPU | calls a second | p50 | p99 | allocations | bytes |\n|---|---|---|---|---|---|---|\n")
	for _, pair := range pairs() {
		of, to := find(all, pair.of), find(all, pair.to)
		if of == nil || to == nil {
			continue
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s | %s |\n", pair.what,
			ratio(of, to, func(f *figures) float64 { return microseconds(f.cpu) }),
			ratio(of, to, func(f *figures) float64 { return f.perSecond }),
			ratio(of, to, func(f *figures) float64 { return microseconds(f.p50) }),
			ratio(of, to, func(f *figures) float64 { return microseconds(f.p99) }),
			ratio(of, to, func(f *figures) float64 { return f.objects }),
			ratio(of, to, func(f *figures) float64 { return f.bytes }))
	}
	return text.String()
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func find(all []series, name string) *series {
	for i := range all {
		if all[i].name == name {
			return &all[i]
		}
	}
	return nil
}

func (s *series) spread(format string, of func(*figures) float64) string {
	values := make([]float64, len(s.rounds))
	for i, made := range s.rounds {
		values[i] = of(made)
	}
	return spread(format, values)
}

func ratio(of, to *series, figure func(*figures) float64) string {
	values := make([]float64, len(of.rounds))
	for i := range values {
		values[i] = figure(of.rounds[i]) / figure(to.rounds[i])
	}
	return spread("%.2f", values)
}

// spread writes the minimum, the median and the maximum of some values.
func spread(format string, values []float64) string {
	slices.Sort(values)
	return fmt.Sprintf(format+"/"+format+"/"+format, values[0], values[len(values)/2], values[len(values)-1])
}
