package providertest

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// matrixText is the table of expected results. It has its own explanation.
//
//go:embed matrix.txt
var matrixText string

// row names a row of the matrix.
type row struct{ fault, operation string }

// operations returns the operations that a fault can disturb, in the order of the table, with their
// functions and the patterns of their words.
func operations() []operation {
	const (
		reasons = `unknown|unproven|refused|refused\?|refused\?\?|exists|exists\?\?|limited|unavailable|credentials|invalid`
		wrote   = `(created|written|updated|adopted)~?!?\*?|` + reasons
		found   = `(ours|unclear|other)~?!?\*?|nothing\*?|` + reasons
	)
	return []operation{
		{"create", "create", wrote, (*cell).create},
		{"after", "create", found, (*cell).after},
		{"get", "get", `read~?!?\*?|missing|` + reasons, (*cell).get},
		{"find", "get", found, (*cell).find},
		{"login", "login", `(` + wrote + `)/[0-9]`, (*cell).login},
		{"update", "create", wrote, (*cell).update},
		{"adopt", "create", wrote, (*cell).adopt},
		{"adopted", "get", wrote, (*cell).adopted},
		{"look", "get", wrote, (*cell).look},
		{"taken", "", wrote, (*cell).taken},
	}
}

// operation is an operation that a fault can disturb.
type operation struct {
	name   string
	faulty string             // the vendor's operation that fails; empty: see cell.taken
	words  string             // the pattern of a result
	run    func(*cell) string // runs it and returns the word for the result
}

// matrix: every fault at every operation gives the result in the table.
func matrix(t *testing.T, f *fixture) {
	table := parseMatrix(t)
	kinds, forms := f.faultKinds()
	for _, form := range forms {
		kinds = append(kinds, "normalised_key:"+form)
	}
	for _, kind := range kinds {
		for _, operation := range operations() {
			if strings.Contains(kind, ":") && operation.name != "create" && operation.name != "after" {
				continue
			}
			name := row{kind, operation.name}
			want, written := table[name][f.harness.Vendor]
			delete(table, name)
			if !written {
				t.Errorf("matrix.txt has no cell for %s, %s at %s", kind, operation.name, f.harness.Vendor)
				continue
			}
			t.Run(kind+"/"+operation.name, func(t *testing.T) {
				t.Parallel()
				checkCell(t, f.harness, kind, operation, want)
			})
		}
	}
	for name := range table {
		t.Errorf("matrix.txt has %s, %s, which the sandbox does not have", name.fault, name.operation)
	}
}

// faultKinds returns all kinds of fault and all forms of keys in the sandbox.
func (f *fixture) faultKinds() (kinds, forms []string) {
	f.t.Helper()
	_, body := f.control(http.MethodGet, "", "")
	var index struct {
		FaultKinds []string `json:"fault_kinds"`
		KeyForms   []string `json:"key_forms"`
	}
	if err := json.Unmarshal(body, &index); err != nil || len(index.FaultKinds) == 0 || len(index.KeyForms) == 0 {
		f.t.Fatalf("the sandbox names no kinds of fault or no forms of keys: %v", err)
	}
	return index.FaultKinds, index.KeyForms
}

// parseMatrix parses the table. It fails the test for any unknown word.
func parseMatrix(t *testing.T) map[row]map[string]string {
	t.Helper()
	patterns := map[string]*regexp.Regexp{}
	for _, operation := range operations() {
		patterns[operation.name] = regexp.MustCompile(`^(` + operation.words + `)(,(` + operation.words + `))*$|^-[a-f]$`)
	}
	table := map[row]map[string]string{}
	var fault string
	var vendors []string
	for number, line := range strings.Split(matrixText, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
			continue
		case line[0] != ' ':
			fault, vendors = words[0], words[1:]
			continue
		}
		name, cells := row{fault, words[0]}, words[1:]
		switch pattern := patterns[name.operation]; {
		case pattern == nil:
			t.Errorf("matrix.txt:%d: %q is no operation", number+1, name.operation)
		case table[name] != nil:
			t.Errorf("matrix.txt:%d: %s/%s stands there twice", number+1, fault, name.operation)
		case len(cells) != len(vendors):
			t.Errorf("matrix.txt:%d: %d cells for %d vendors", number+1, len(cells), len(vendors))
		default:
			table[name] = map[string]string{}
			for i, cell := range cells {
				if !pattern.MatchString(cell) {
					t.Errorf("matrix.txt:%d: %q is no word for %s", number+1, cell, name.operation)
				}
				table[name][vendors[i]] = cell
			}
		}
	}
	return table
}

// sameWords reports whether a cell contains exactly the words of the results.
func sameWords(cell string, seen []string) bool {
	want := strings.Split(cell, ",")
	slices.Sort(want)
	return slices.Equal(want, slices.Compact(slices.Sorted(slices.Values(seen))))
}
