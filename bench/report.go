package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// results are the figures of a run.
type results struct {
	*plan
	commit string
	series []*series
	stored map[string]float64 // bytes of a creation in the database, by subject
	killed map[string]string  // the fate of a creation after a kill, by subject
}

// metric is one figure of a series in a round.
type metric func(*figures) float64

func cpu(f *figures) float64               { return f.cpu }
func database(f *figures) float64          { return f.database }
func perSecond(f *figures) float64         { return f.perSecond }
func written(f *figures) float64           { return f.written }
func log(f *figures) float64               { return f.log }
func objects(f *figures) float64           { return f.Objects }
func p50(f *figures) float64               { return milliseconds(f.p50) }
func p99(f *figures) float64               { return milliseconds(f.p99) }
func allocated(f *figures) float64         { return f.Bytes / 1024 }
func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// find returns a series, or nil if it was not measured.
func (r *results) find(subject, kind string, callers int) *series {
	for _, s := range r.series {
		if s.subject.name == subject && s.kind == kind && s.callers == callers {
			return s
		}
	}
	return nil
}

// values returns a metric of all rounds, sorted. They are empty if the series was not measured.
func (s *series) values(of metric) []float64 {
	if s == nil {
		return nil
	}
	all := make([]float64, len(s.rounds))
	for i, made := range s.rounds {
		all[i] = of(made)
	}
	slices.Sort(all)
	return all
}

// ratios returns the ratios of a metric between the two series in each round, sorted.
func ratios(of, to *series, metric metric) []float64 {
	if of == nil || to == nil {
		return nil
	}
	all := make([]float64, len(of.rounds))
	for i := range all {
		all[i] = metric(of.rounds[i]) / metric(to.rounds[i])
	}
	slices.Sort(all)
	return all
}

// median returns the median of sorted values, or NaN for an empty list.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return values[len(values)/2]
}

// middle writes the median of sorted values, and between which values the middle half of them is.
func middle(format string, values []float64) string {
	if len(values) == 0 {
		return ""
	}
	return fmt.Sprintf(format+" ("+format+" to "+format+")", median(values), values[len(values)/4], values[len(values)*3/4])
}

// number writes a value, or nothing if it was not measured.
func number(format string, value float64) string {
	if math.IsNaN(value) {
		return ""
	}
	return fmt.Sprintf(format, value)
}

// spread writes the minimum, the median and the maximum of some values.
func spread(format string, values []float64) string {
	slices.Sort(values)
	return fmt.Sprintf(format+"/"+format+"/"+format, values[0], median(values), values[len(values)-1])
}

// count writes a number of things.
func count(number int, thing string) string {
	if number != 1 {
		thing += "s"
	}
	return fmt.Sprint(number, " ", thing)
}

// subjects returns the names of the subjects in their order.
func (r *results) subjects() (names []string) {
	for _, s := range r.series {
		if !slices.Contains(names, s.subject.name) {
			names = append(names, s.subject.name)
		}
	}
	return names
}

// creations is the table of what a creation costs.
func (r *results) creations() string {
	var text strings.Builder
	text.WriteString("| CPU of a creation, µs | 1 caller | 16 | 64 | creations a second at 64 | `kill -9` before the record |\n" +
		"|---|---|---|---|---|---|\n")
	for _, name := range r.subjects() {
		fmt.Fprintf(&text, "| %s |", name)
		for _, count := range callers() {
			fmt.Fprintf(&text, " %s |", number("%.0f", median(r.find(name, create, count).values(cpu))))
		}
		fmt.Fprintf(&text, " %s | %s |\n", number("%.0f", median(r.find(name, create, 64).values(perSecond))), r.killed[name])
	}
	return text.String()
}

// storage is the table of what a creation leaves and writes. Bytes written to disk are those of
// SQLite alone. Linux counts large blocks for a write into a file that was filled in advance, such
// as PostgreSQL's WAL.
func (r *results) storage() string {
	var text strings.Builder
	text.WriteString("| in bytes | in the database | WAL of PostgreSQL, 1 caller | 16 | 64 | written to disk, 1 caller | 16 | 64 |\n|---|---|---|---|---|---|---|---|\n")
	for _, name := range r.subjects() {
		if name == bareHandler {
			continue
		}
		var wal, toDisk string
		for _, count := range callers() {
			s := r.find(name, create, count)
			logged, wrote := number("%.0f", median(s.values(log))), number("%.0f", median(s.values(written)))
			if s != nil && s.subject.server != nil {
				wrote = ""
			} else {
				logged = ""
			}
			wal, toDisk = wal+" "+logged+" |", toDisk+" "+wrote+" |"
		}
		fmt.Fprintf(&text, "| %s | %.0f |%s%s\n", name, r.stored[name], wal, toDisk)
	}
	return text.String()
}

// calls is the table of all series, with their spread.
func (r *results) calls() string {
	var text strings.Builder
	text.WriteString("| series | CPU, µs | PostgreSQL's part | a second | p50, ms | p99, ms | allocations | KiB allocated |\n|---|---|---|---|---|---|---|---|\n")
	for _, s := range r.series {
		part := ""
		if s.subject.server != nil {
			part = number("%.0f", median(s.values(database)))
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %.2f | %.2f | %.0f | %.1f |\n", s.name(), middle("%.0f", s.values(cpu)), part, middle("%.0f", s.values(perSecond)),
			median(s.values(p50)), median(s.values(p99)), median(s.values(objects)), median(s.values(allocated)))
	}
	return text.String()
}
