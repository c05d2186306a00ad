package deploy_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

// expression is a PromQL expression and its place.
type expression struct{ place, text string }

// expressions returns the expressions of the alerts and of the dashboard.
func expressions(t *testing.T) (all []expression) {
	t.Helper()
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "prometheus/alerts.yaml")), &rules); err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules.Groups[0].Rules {
		all = append(all, expression{rule.Alert, rule.Expr})
		if rule.Annotations["summary"] == "" || rule.Annotations["runbook"] == "" {
			t.Errorf("%s does not say what is so, or what to do", rule.Alert)
		}
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "grafana/enlist.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			all = append(all, expression{"panel " + panel.Title, strings.NewReplacer("$__rate_interval", "5m", "$provider", ".*").Replace(target.Expr)})
		}
	}
	return all
}

// selected returns the metrics that expressions select, each with the labels that the expressions
// use.
func selected(t *testing.T, all []expression) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	for _, e := range all {
		parsed, err := parser.NewParser(parser.Options{}).ParseExpr(e.text)
		if err != nil {
			t.Errorf("%s: %v", e.place, err)
			continue
		}
		parser.Inspect(parsed, func(node parser.Node, path []parser.Node) error {
			selector, is := node.(*parser.VectorSelector)
			if !is {
				return nil
			}
			if found[selector.Name] == nil {
				found[selector.Name] = map[string]bool{}
			}
			for _, matcher := range selector.LabelMatchers {
				found[selector.Name][matcher.Name] = true
			}
			for _, above := range path {
				if aggregate, is := above.(*parser.AggregateExpr); is && !aggregate.Without {
					for _, name := range aggregate.Grouping {
						found[selector.Name][name] = true
					}
				}
			}
			return nil
		})
	}
	return found
}

var suffix = regexp.MustCompile(`_(bucket|sum|count)$`)

// Enlist has every metric that an alert or a panel selects, with the labels that they use.
func TestMetrics(t *testing.T) {
	wanted := selected(t, expressions(t))
	declared := declaredMetrics(t)
	if len(declared) == 0 {
		t.Fatal("found no metric in the sources")
	}
	served := scrape(t)
	for name, wantedLabels := range wanted {
		if name == "up" { // a metric of Prometheus itself
			continue
		}
		plain := suffix.ReplaceAllString(name, "")
		has, isServed := served[plain]
		if !isServed {
			has, isServed = served[name]
		}
		if strings.HasPrefix(name, "enlist_") && !declared[plain] && !declared[name] || !strings.HasPrefix(name, "enlist_") && !isServed {
			t.Errorf("there is no metric %s", name)
		}
		for _, label := range slices.Sorted(maps.Keys(wantedLabels)) {
			// The first label comes from the name, the next two from Prometheus's scrape, and the
			// last from histograms.
			if isServed && !has[label] && !slices.Contains([]string{model.MetricNameLabel, "job", "instance", "le"}, label) {
				t.Errorf("%s has no label %s, but %v", name, label, slices.Sorted(maps.Keys(has)))
			}
		}
	}
}

// declaredMetrics returns the names that the sources declare. Enlist does not serve a metric with
// variable labels before its first event.
func declaredMetrics(t *testing.T) map[string]bool {
	t.Helper()
	name := regexp.MustCompile(`"(enlist_[a-z_]+)"`)
	declared := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"gen", "deploy", ".git", ".tools"}, entry.Name()):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			for _, match := range name.FindAllStringSubmatch(read(t, path), -1) {
				declared[match[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return declared
}

// scrape starts Enlist with its sandbox and sends a few requests. It returns the served metrics
// with their labels.
func scrape(t *testing.T) map[string]map[string]bool {
	t.Helper()
	rest, admin, vendors := freeAddress(t), freeAddress(t), freeAddress(t)
	config := `
grpc: {address: "127.0.0.1:0"}
http: {address: "` + rest + `"}
admin: {address: "` + admin + `"}
providers: [{name: caliq, caliq: {base_url: "http://` + vendors + `", api_key: demo-caliq-api-key, channel_id: 2}}]
`
	for _, arguments := range [][]string{
		{"sandbox", "--address", vendors}, {"serve", "--config", write(t, filepath.Join(t.TempDir(), "enlist.yaml"), config)},
	} {
		command := exec.Command(binary, arguments...)
		command.Dir = t.TempDir()
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = command.Process.Signal(syscall.SIGTERM)
			_ = command.Wait()
		})
	}
	wait(t, "http://"+admin+"/readyz")
	for range 2 { // a creation, its refused replay, and a look-up of an unknown customer
		body := `{"requestId":"0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11","customer":{"id":"M-1","name":{"givenName":"A","familyName":"B"},"email":"a@example.com",` +
			`"billingAddress":{"lines":["1 Rue"],"countryCode":"FR"},"currencyCode":"EUR"}}`
		response, err := http.Post("http://"+rest+"/v1/providers/caliq/customers", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	response, err := http.Get("http://" + rest + "/v1/providers/caliq/customers/NOBODY")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	response, err = http.Get("http://" + admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text := expfmt.NewTextParser(model.UTF8Validation)
	families, err := text.TextToMetricFamilies(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]map[string]bool{}
	for name, family := range families {
		served[name] = map[string]bool{}
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				served[name][label.GetName()] = true
			}
		}
	}
	return served
}

func wait(t *testing.T, target string) {
	t.Helper()
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(50 * time.Millisecond) {
		if response, err := http.Get(target); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s does not answer", target)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// The contract defines the reasons that alerts name.
func TestReasons(t *testing.T) {
	contract := read(t, "../proto/enlist/v1/error.proto")
	reasons := regexp.MustCompile(`reason=~"([A-Z_|]+)"`).FindAllStringSubmatch(read(t, "prometheus/alerts.yaml"), -1)
	if len(reasons) == 0 {
		t.Fatal("no alert names a reason")
	}
	for _, list := range reasons {
		for reason := range strings.SplitSeq(list[1], "|") {
			if !strings.Contains(contract, "  "+reason+" = ") {
				t.Errorf("there is no reason %s", reason)
			}
		}
	}
}

// The alerts parse, and their own tests pass.
func TestAlerts(t *testing.T) {
	promtool := tool(t, "promtool")
	run(t, promtool, "check", "rules", "prometheus/alerts.yaml")
	run(t, promtool, "check", "config", "prometheus/prometheus.yaml")
	run(t, promtool, "test", "rules", "prometheus/alerts_test.yaml")
}
