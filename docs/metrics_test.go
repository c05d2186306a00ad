package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// metric is a metric that the sources declare.
type metric struct {
	kind, help string
	labels     []string
}

// metrics.md has every metric that the sources declare.
func TestMetricsPage(t *testing.T) {
	declared := declaredMetrics(t)
	var page strings.Builder
	page.WriteString(aboutMetrics)
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		m := declared[name]
		labels := ""
		if len(m.labels) > 0 {
			labels = "`" + strings.Join(m.labels, "`, `") + "`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", name, m.kind, labels, cell(m.help))
	}
	generated(t, "metrics.md", page.String())
}

const aboutMetrics = `# Metrics

Every metric of Enlist. ` + "`make docs`" + ` writes this page from the sources.
[operations.md](operations.md#what-operators-see) says where ` + "`/metrics`" + ` is, and
[operations.md](operations.md#alerts-and-the-dashboard) has the alerts and the dashboard. ` + "`/metrics`" + `
also has metrics of Go (` + "`go_…`" + `) and of the process (` + "`process_…`" + `).

A series may be absent until its first event.

| metric | kind | labels | meaning |
|---|---|---|---|
`

// Each metric that a page names exists.
func TestNamedMetricsExist(t *testing.T) {
	declared := declaredMetrics(t)
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, page := range append(pages, "../README.md", "../SECURITY.md") {
		for _, name := range regexp.MustCompile(`\benlist_[a-z_]+`).FindAllString(read(t, page), -1) {
			plain := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
			if _, exists := declared[plain]; !exists && name != "enlist_old" { // the schema of a journal before a restore
				t.Errorf("%s: there is no metric %s", page, name)
			}
			named++
		}
	}
	if named == 0 {
		t.Error("found no metric in the pages")
	}
}

// declaredMetrics returns the metrics that the sources declare, by name.
func declaredMetrics(t *testing.T) map[string]metric {
	t.Helper()
	listed, err := exec.CommandContext(t.Context(), "git", "grep", "-lz", "--untracked", "client_golang/prometheus\"", "--", "../*.go", ":!../*_test.go", ":!../bench", ":!../deploy").Output()
	require(t, err, "it needs git and a checkout of Enlist")
	declared := map[string]metric{}
	for name := range strings.SplitSeq(strings.Trim(string(listed), "\x00"), "\x00") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		labels := labelsByVariable(file)
		ast.Inspect(file, func(node ast.Node) bool {
			if call, is := node.(*ast.CallExpr); is {
				if metricName, m := declaration(call, labels); metricName != "" {
					declared[metricName] = m
				}
			}
			return true
		})
		for _, found := range regexp.MustCompile(`"(enlist_[a-z_]+)"`).FindAllSubmatch(text, -1) {
			if m := declared[string(found[1])]; m.kind == "" || m.help == "" {
				t.Errorf("%s: cannot read the declaration of %s", name, found[1])
			}
		}
	}
	return declared
}

var kinds = regexp.MustCompile(`(?i)^(?:New)?(Counter|Gauge|Histogram)(?:Vec|Func)?$`)

// declaration returns the metric that a call makes, or "" if it makes none. The call is
// NewCounter(CounterOpts{…}) or similar, or that of a function with a name, a help text and labels.
func declaration(call *ast.CallExpr, variables map[string][]string) (string, metric) {
	function := ""
	switch called := call.Fun.(type) {
	case *ast.SelectorExpr:
		function = called.Sel.Name
	case *ast.Ident:
		function = called.Name
	}
	kind := kinds.FindStringSubmatch(function)
	if kind == nil || len(call.Args) == 0 {
		return "", metric{}
	}
	m := metric{kind: strings.ToLower(kind[1])}
	options, isLiteral := call.Args[0].(*ast.CompositeLit)
	if !isLiteral {
		name := textOf(call.Args[0])
		if name == "" || len(call.Args) < 3 {
			return "", metric{}
		}
		m.help, m.labels = textOf(call.Args[1]), labelsOf(call.Args[2], variables)
		return name, m
	}
	name := ""
	for _, element := range options.Elts {
		option, is := element.(*ast.KeyValueExpr)
		if !is {
			continue
		}
		switch option.Key.(*ast.Ident).Name {
		case "Name":
			name = textOf(option.Value)
		case "Help":
			m.help = textOf(option.Value)
		case "ConstLabels":
			m.labels = labelsOf(option.Value, variables)
		}
	}
	if strings.HasSuffix(function, "Vec") && len(call.Args) > 1 {
		m.labels = append(slices.Clone(m.labels), labelsOf(call.Args[1], variables)...)
	}
	return name, m
}

// labelsByVariable returns the labels that a file assigns to variables.
func labelsByVariable(file *ast.File) map[string][]string {
	variables := map[string][]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		if assigned, is := node.(*ast.AssignStmt); is && len(assigned.Lhs) == 1 && len(assigned.Rhs) == 1 {
			if variable, is := assigned.Lhs[0].(*ast.Ident); is {
				if labels := labelsOf(assigned.Rhs[0], nil); labels != nil {
					variables[variable.Name] = labels
				}
			}
		}
		return true
	})
	return variables
}

// labelsOf returns the names in a prometheus.Labels or a list of texts.
func labelsOf(expression ast.Expr, variables map[string][]string) (labels []string) {
	switch value := expression.(type) {
	case *ast.Ident:
		return variables[value.Name]
	case *ast.CompositeLit:
		for _, element := range value.Elts {
			if pair, is := element.(*ast.KeyValueExpr); is {
				element = pair.Key
			}
			if label := textOf(element); label != "" {
				labels = append(labels, label)
			}
		}
	}
	return labels
}

// textOf returns a literal text, or "" for any other expression.
func textOf(expression ast.Expr) string {
	switch value := expression.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(value.Value)
		return text
	case *ast.BinaryExpr:
		return textOf(value.X) + textOf(value.Y)
	}
	return ""
}
