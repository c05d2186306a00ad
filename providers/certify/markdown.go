package certify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Markdown returns the report for people.
func (r *Report) Markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s: %s\n\n", r.Provider, r.Result)
	fmt.Fprintf(&out, "Vendor %s, checked by Enlist %s from %s to %s.\n", r.Vendor, r.Enlist, r.Started.Format(time.RFC3339), r.Ended.Format(time.RFC3339))
	if r.Creates {
		fmt.Fprintf(&out, "Test customers have the marker `%s`.\n", r.Marker)
	} else {
		out.WriteString("Nothing was created.\n")
	}
	r.checksIn(&out)
	r.differencesIn(&out)
	r.settingsIn(&out)
	r.customersIn(&out)
	r.failuresIn(&out)
	return strings.Map(func(r rune) rune { // a vendor's text may have escape sequences
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, out.String())
}

// table writes a section with a table, or nothing without rows.
func table(out *strings.Builder, title string, header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(out, "\n## %s\n\n| %s |\n|%s\n", title, strings.Join(header, " | "), strings.Repeat("---|", len(header)))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = inCell(cell)
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
	}
}

// inCell escapes what ends a cell, or would be HTML or Markdown.
func inCell(text string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "[", `\[`, "*", `\*`, "|", `\|`, "\n", " ", "\r", " ", "<", "&lt;", ">", "&gt;").Replace(text)
}

func (r *Report) checksIn(out *strings.Builder) {
	var rows [][]string
	for _, check := range r.Checks {
		rows = append(rows, []string{check.Name, string(check.Result), strings.Join(slices.Concat(check.Reasons, check.Notes), " ")})
	}
	table(out, "Checks", []string{"check", "result", "details"}, rows)
}

func (r *Report) differencesIn(out *strings.Builder) {
	var rows [][]string
	for _, found := range r.Differences {
		rows = append(rows, []string{string(found.Kind), found.Where(), found.Sent, found.Held, found.Note})
	}
	table(out, "Differences", []string{"kind", "where", "sent", "came back", "note"}, rows)
}

// Where returns the field and the vendor's member of a difference.
func (d *Difference) Where() string {
	return strings.Join(slices.DeleteFunc([]string{d.Field, d.Member}, func(name string) bool { return name == "" }), ", ")
}

func (r *Report) settingsIn(out *strings.Builder) {
	var rows [][]string
	for _, times := range r.Times {
		row := []string{times.Operation, fmt.Sprint(times.Count)}
		for _, took := range []float64{times.Min, times.Median, times.Max} {
			row = append(row, fmt.Sprintf("%.1f ms", took))
		}
		rows = append(rows, row)
	}
	table(out, "Response times", []string{"request", "count", "min", "median", "max"}, rows)
	rows = nil
	for _, setting := range r.Settings {
		rows = append(rows, []string{setting.Name, setting.Configured, setting.Suggested, setting.Why})
	}
	table(out, "Settings", []string{"setting", "configured", "suggested", "why"}, rows)
	if r.YAML != "" {
		fmt.Fprintf(out, "\n```yaml\n%s```\n", r.YAML)
	}
	rows = nil
	for _, field := range r.NotTried {
		rows = append(rows, []string{field.Field, field.Why})
	}
	table(out, "Fields that were not tried", []string{"field", "why"}, rows)
}

func (r *Report) customersIn(out *strings.Builder) {
	var rows [][]string
	for _, made := range r.Customers {
		var ids []string
		for _, name := range slices.Sorted(maps.Keys(made.VendorIDs)) {
			ids = append(ids, name+" "+made.VendorIDs[name])
		}
		rows = append(rows, []string{made.ID, made.Email, made.State, strings.Join(ids, ", "), made.Remove})
	}
	table(out, "Test customers", []string{"id", "email", "state", "vendor's ids", "how to remove it"}, rows)
}

func (r *Report) failuresIn(out *strings.Builder) {
	for _, check := range r.Checks {
		if len(check.Exchanges) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n## Exchanges of %s\n", check.Name)
		for _, exchange := range check.Exchanges {
			var text strings.Builder
			fmt.Fprintf(&text, "%s\n", exchange.Request)
			for _, name := range slices.Sorted(maps.Keys(exchange.Headers)) {
				fmt.Fprintf(&text, "%s: %s\n", name, exchange.Headers[name])
			}
			fmt.Fprintf(&text, "\n%s\n", exchange.Body)
			status := "no response"
			if exchange.Status != 0 {
				status = fmt.Sprintf("HTTP status %d", exchange.Status)
			}
			fmt.Fprintf(&text, "\n--- %s after %.1f ms\n%s\n", status, exchange.Took, exchange.Response)
			if exchange.Error != "" {
				fmt.Fprintf(&text, "--- %s\n", exchange.Error)
			}
			fence := fenceFor(text.String())
			fmt.Fprintf(out, "\n%stext\n%s%s\n", fence, text.String(), fence)
		}
	}
}

// fenceFor returns a fence that no line of a text ends.
func fenceFor(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}
