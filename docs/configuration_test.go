package docs

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers/registry"
)

var update = flag.Bool("update", false, "write the generated pages")

// example is a configuration on the page.
type example struct{ name, title, file string }

// examples are the configurations on the page, in its order. enlist init writes all but that for
// production.
func examples(t *testing.T) []example {
	t.Helper()
	all := []example{{"sandbox", "The sandbox", "../cli/configuration/sandbox.yaml"}}
	for _, vendor := range registry.All() {
		folder := "../providers/" + vendor.Name()
		text, err := os.ReadFile(folder + "/documented.yaml")
		if err != nil {
			t.Fatal(err)
		}
		var documented struct{ Title string }
		if err := yaml.Unmarshal(text, &documented); err != nil {
			t.Fatal(err)
		}
		all = append(all, example{vendor.Name(), documented.Title, folder + "/configuration.yaml"})
	}
	return append(all, example{"production", "Production", "../cli/configuration/production.yaml"})
}

// The content of configuration.md comes from the comments of enlist.config.v1.
// gen/config.schema.json has those comments.
func TestConfigurationPage(t *testing.T) {
	var page strings.Builder
	page.WriteString(aboutConfiguration)
	for _, example := range examples(t) {
		text, err := os.ReadFile(example.file)
		if err != nil {
			t.Fatal(err)
		}
		_, settings, _ := bytes.Cut(text, []byte("\n")) // the first line has the path of the schema in the repository
		fmt.Fprintf(&page, "\n### %s\n\n[%s.yaml](%s)%s\n\n```yaml\n%s\n%s```\n",
			example.title, example.name, example.file, initOf(example.name), "# yaml-language-server: $schema=enlist.schema.json", settings)
	}
	page.WriteString("\n## Settings\n")
	descriptions := readSchema(t)
	for _, s := range sections((&configv1.Config{}).ProtoReflect().Descriptor()) {
		fmt.Fprintf(&page, "\n### %s\n\n%s\n\n| setting | value | meaning |\n|---|---|---|\n", s.heading(), wrapped(descriptions.of(s.message)))
		for i := range s.message.Fields().Len() {
			field := s.message.Fields().Get(i)
			fmt.Fprintf(&page, "| `%s` | %s | %s |\n", field.Name(), value(field), cell(descriptions.ofField(field)))
		}
	}
	generated(t, "configuration.md", page.String())
}

// initOf returns the command that writes an example to a file.
func initOf(name string) string {
	switch name {
	case "production":
		return ""
	case "sandbox":
		return ": `enlist init`"
	}
	return ": `enlist init --vendor " + name + "`"
}

// generated compares a page with the expected text, or writes the page.
func generated(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("docs/%s is out of date: make docs (%v)", name, err)
	}
}

// section is a message of the configuration, with its place.
type section struct {
	message protoreflect.MessageDescriptor
	paths   []string
}

func (s *section) heading() string {
	if s.paths[0] == "" {
		return "The file"
	}
	return "`" + strings.Join(s.paths, "`, `") + "`"
}

// sections lists each message of the configuration once, depth first.
func sections(root protoreflect.MessageDescriptor) []*section {
	var all []*section
	var visit func(message protoreflect.MessageDescriptor, path string)
	visit = func(message protoreflect.MessageDescriptor, path string) {
		if i := slices.IndexFunc(all, func(s *section) bool { return s.message == message }); i >= 0 {
			all[i].paths = append(all[i].paths, path)
			return
		}
		all = append(all, &section{message, []string{path}})
		for i := range message.Fields().Len() {
			field := message.Fields().Get(i)
			if field.Message() == nil || field.Message().ParentFile().Package() != root.ParentFile().Package() {
				continue
			}
			below := strings.TrimPrefix(path+"."+string(field.Name()), ".")
			if field.IsList() {
				below += "[]"
			}
			visit(field.Message(), below)
		}
	}
	visit(root, "")
	return all
}

// value describes in a few words what a setting takes.
func value(field protoreflect.FieldDescriptor) string {
	var one string
	switch kind := field.Kind(); {
	case field.Enum() != nil:
		var names []string
		for i := range field.Enum().Values().Len() {
			if value := field.Enum().Values().Get(i); value.Number() != 0 {
				names = append(names, "`"+string(value.Name())+"`")
			}
		}
		one = strings.Join(names, ", ")
	case kind == protoreflect.BoolKind:
		one = "`true` or `false`"
	case kind == protoreflect.DoubleKind:
		one = "number"
	case kind == protoreflect.Int32Kind, kind == protoreflect.Int64Kind:
		one = "whole number"
	case field.Message() == nil:
		one = "text"
		if field.Options().(*descriptorpb.FieldOptions).GetDebugRedact() {
			one = "secret text"
		}
	case field.Message().FullName() == "google.protobuf.Duration":
		one = "duration"
	case field.Message().ParentFile().Package() == "enlist.v1":
		one = "[options](fields.md)"
	default:
		one = "settings"
	}
	if field.IsList() {
		return "list of " + one
	}
	return one
}

// wrapped breaks text into lines of 100 columns.
func wrapped(text string) string {
	var out strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch length := utf8.RuneCountInString(word); {
		case i == 0:
			column = length
		case column+1+length > 100:
			out.WriteByte('\n')
			column = length
		default:
			out.WriteByte(' ')
			column += 1 + length
		}
		out.WriteString(word)
	}
	return out.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// descriptions holds the descriptions of the configuration's JSON Schema.
type descriptions struct {
	description

	Definitions map[string]description `json:"definitions"`
}

type description struct {
	Description string                 `json:"description"`
	Properties  map[string]description `json:"properties"`
}

const schemaFile = "../gen/config.schema.json"

func readSchema(t *testing.T) descriptions {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var all descriptions
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func (d descriptions) of(message protoreflect.MessageDescriptor) string {
	return d.find(message).Description
}

func (d descriptions) find(message protoreflect.MessageDescriptor) description {
	if message.Name() == "Config" {
		return d.description
	}
	return d.Definitions[string(message.Name())]
}

func (d descriptions) ofField(field protoreflect.FieldDescriptor) string {
	return d.find(field.ContainingMessage()).Properties[string(field.Name())].Description
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// `enlist check` accepts each example, and so does the JSON Schema.
func TestConfigurationExamples(t *testing.T) {
	enlist, schema := build(t), compileSchema(t)
	for _, example := range examples(t) {
		t.Run(example.name, func(t *testing.T) {
			text, err := os.ReadFile(example.file)
			if err != nil {
				t.Fatal(err)
			}
			check := exec.CommandContext(t.Context(), enlist, "check", "--config", example.file)
			check.Env = os.Environ()
			for _, found := range variable.FindAllSubmatch(text, -1) {
				value := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" // also a journal's key
				if bytes.HasSuffix(found[1], []byte("_URL")) {
					value = "https://vendor.example"
				}
				check.Env = append(check.Env, string(found[1])+"="+value)
			}
			if printed, err := check.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, printed)
			}
			if err := schema.Validate(parse(t, text)); err != nil {
				t.Error(err)
			}
		})
	}
	general, _ := filepath.Glob("../cli/configuration/*.yaml")
	vendors, _ := filepath.Glob("../providers/*/configuration.yaml")
	if len(general)+len(vendors) != len(examples(t)) {
		t.Errorf("%v and %v are not what the page shows", general, vendors)
	}
}

// The JSON Schema accepts what the loader's own tests accept. It refuses typical mistakes.
func TestConfigurationSchema(t *testing.T) {
	schema := compileSchema(t)
	full, err := os.ReadFile("../server/config/testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	caliq := "providers: [{name: a, caliq: {base_url: 'http://x', api_key: k}}]\n"
	for name, c := range map[string]struct {
		yaml  string
		wrong string // where; "" for a valid one
	}{
		"full":                    {string(full), ""},
		"variables":               {"limits: {max_calls: '${CALLS}'}\nshutdown: {delay: '${DELAY}'}\nlog: {level: '${LEVEL}'}\n" + caliq, ""},
		"texts":                   {"limits: {max_calls: '7'}\nshutdown: {delay: 0}\n" + caliq, ""},
		"unknown key":             {"htpp: {}\n" + caliq, ""},
		"unknown key of a vendor": {"providers: [{name: a, caliq: {base_url: 'http://x', api_key: k, chanel_id: 2}}]", "/providers/0/caliq"},
		"no provider":             {"providers: []", "/providers"},
		"no vendor":               {"providers: [{name: a}]", "/providers/0"},
		"two vendors":             {"providers: [{name: a, caliq: {base_url: 'http://x', api_key: k}, avvio: {base_url: 'http://x', username: u, password: p}}]", "/providers/0"},
		"no credentials":          {"providers: [{name: a, caliq: {base_url: 'http://x'}}]", "/providers/0/caliq"},
		"duration":                {"call_timeout: soon\n" + caliq, "/call_timeout"},
		"number":                  {"limits: {max_calls: many}\n" + caliq, "/limits/max_calls"},
		"level":                   {"log: {level: LOUD}\n" + caliq, "/log/level"},
		"two journals":            {"journal: {sqlite: {}, postgres: {dsn: x}}\n" + caliq, "/journal"},
	} {
		t.Run(name, func(t *testing.T) {
			err := schema.Validate(parse(t, []byte(c.yaml)))
			valid := c.wrong == "" && !strings.HasPrefix(name, "unknown")
			if valid != (err == nil) {
				t.Fatalf("got %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), "at '"+c.wrong+"'") {
				t.Errorf("%v does not name %q", err, c.wrong)
			}
		})
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// parse reads YAML as JSON, like an editor.
func parse(t *testing.T, text []byte) any {
	t.Helper()
	var document any
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// The schema has every setting, so the page lacks none of the configuration's messages.
func TestConfigurationSchemaIsComplete(t *testing.T) {
	all := readSchema(t)
	for _, s := range sections((&configv1.Config{}).ProtoReflect().Descriptor()) {
		if all.of(s.message) == "" {
			t.Errorf("%s has no description", s.message.FullName())
		}
		for i := range s.message.Fields().Len() {
			if field := s.message.Fields().Get(i); all.ofField(field) == "" {
				t.Errorf("%s has no description: make generate", field.FullName())
			}
		}
	}
}

const aboutConfiguration = `# Configuration

` + "`enlist serve --config enlist.yaml`" + ` reads one YAML file. ` + "`make docs`" + ` writes this page from the
comments of [` + "`enlist/config/v1`" + `](../proto/enlist/config/v1).

- **Check first.** ` + "`enlist check --config enlist.yaml`" + ` names every mistake with its line. With
  ` + "`--connect`" + ` it also logs in at each vendor and opens the journal. A file with a mistake starts
  nothing.
- **Keep secrets out of the file.** In a value, ` + "`${NAME}`" + ` is an environment variable. A whole value
  ` + "`file:PATH`" + ` is the content of that file. The path may contain variables.
- **Write durations** as ` + "`30s`, `5m` or `1h30m`" + `.
- **Unknown settings are mistakes.** So is a setting that stands twice.
- **Some settings may not be empty**, because unset they permit everything: ` + "`auth`, `providers`," + `
  ` + "`rpcs`, `permissions` and `client_certificates`" + `.

## Editors

` + "`enlist init`" + ` writes the JSON Schema of this file beside the configuration, as ` + "`enlist.schema.json`" + `.
It is [` + "`gen/config.schema.json`" + `](../gen/config.schema.json). Editors with a YAML language server
complete and check settings when the file begins with this line:

` + "```yaml" + `
# yaml-language-server: $schema=enlist.schema.json
` + "```" + `

The schema finds wrong names, wrong types and missing settings. ` + "`enlist check`" + ` finds everything
else. To renew the schema after an update, run ` + "`enlist init --output new.yaml`" + ` in the same folder.

## Examples

` + "`enlist init`" + ` writes all of these files but the last. Tests load each with ` + "`enlist check`" + `. The
sandbox's credentials are public on purpose.
`
