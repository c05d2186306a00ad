package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// printCandidates prints the customers at the vendor side by side, with a mark at each value that
// differs from the request.
func printCandidates(out io.Writer, candidates []*enlistv1.OperationCandidate) error {
	if len(candidates) == 0 {
		return nil
	}
	header, requested := []string{"FIELD", "REQUEST"}, map[string]string{}
	cells := map[string][]string{} // by path, one for each candidate
	at := func(path string) []string {
		if cells[path] == nil {
			cells[path] = make([]string, len(candidates))
		}
		return cells[path]
	}
	for i, candidate := range candidates {
		header = append(header, fmt.Sprintf("CANDIDATE %d", i+1))
		rows, err := rowsOf(candidate.GetCustomer())
		if err != nil {
			return err
		}
		for _, row := range rows {
			at("customer." + row[0])[i] = row[1]
		}
		for _, difference := range candidate.GetDifferences() {
			requested[difference.GetPath()] = difference.GetRequested()
			found := difference.GetFound()
			if found == "" {
				found = "(none)"
			}
			at(difference.GetPath())[i] = "* " + found
		}
	}
	rows := [][]string{{"match", ""}, {"claimed by", ""}}
	for _, candidate := range candidates {
		rows[0] = append(rows[0], plainName(shortName(candidate.GetMatch(), "CANDIDATE_MATCH_")))
		rows[1] = append(rows[1], candidate.GetClaimedBy())
	}
	if strings.Join(rows[1][2:], "") == "" {
		rows = rows[:1]
	}
	for _, path := range slices.Sorted(maps.Keys(cells)) {
		rows = append(rows, append([]string{path, requested[path]}, cells[path]...))
	}
	if err := printSection(out, header, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "* differs from the request. REQUEST is empty where nothing differs.")
	return err
}

// differing names the fields in which a customer differs from the request, in brackets.
func differing(candidate *enlistv1.OperationCandidate) string {
	var paths []string
	for _, difference := range candidate.GetDifferences() {
		paths = append(paths, difference.GetPath())
	}
	if len(paths) == 0 {
		return ""
	}
	return " (differs in " + strings.Join(paths, ", ") + ")"
}
