package registry

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

var update = flag.Bool("update", false, "write docs/vendors.md")

// documentation is what a vendor's pages document: documented.yaml in the folder of each adapter.
type documentation struct {
	Title  string
	Parts  []part
	Errors []vendorError
}

// part is one list of parameters or of response elements.
type part struct {
	Name    string
	Message protoreflect.FullName // the wire message whose annotations explain each
	Names   []string              // in the vendor's form: name.lastName, list[].id
	// DTO names a class in testdata/dto.json whose names belong to the part, too:
	// request.CustomerDto. It excludes the names of an earlier part with the same message.
	DTO string
	// Otherwise and Because explain the names that the wire message lacks, or has without an
	// annotation.
	Otherwise map[string]string
	Because   []struct {
		Why   string
		Names []string
	}
}

type vendorError struct{ Error, Reason, Note string }

// docs/vendors.md has each parameter, response element and error that a vendor documents, with its
// place in Enlist or the reason for having none. A name with neither is a gap and fails this test.
func TestEverythingDocumentedIsExplained(t *testing.T) {
	const page = "../../docs/vendors.md"
	var out strings.Builder
	out.WriteString(`# Everything that a vendor documents

Made from the annotations of the vendors' wire messages, and from ` + "`documented.yaml`" + ` in the folder
of each adapter, by ` + "`make docs`" + `. A test fails if something is not explained.

A parameter is filled by a field of CreateCustomerRequest, by a setting of the connection, or as its
row says. A response element is read into a field of the response, or its row says why not. If that
row has the path of an option, a warning with this path says that the vendor's value differs from
the customer's. Each setting that stands in for an option is in the connection's ` + "`defaults`" + `.
Limits and notes of parameters are in [fields.md](fields.md), reasons of errors in
[errors.md](errors.md).
`)
	for _, registered := range All() {
		vendor := registered.Name()
		text, err := os.ReadFile("../" + vendor + "/documented.yaml")
		if err != nil {
			t.Fatal(err)
		}
		documented := documentation{}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		if err := decoder.Decode(&documented); err != nil {
			t.Fatalf("%s: %v", vendor, err)
		}
		fmt.Fprintf(&out, "\n## %s\n", documented.Title)
		for i := range documented.Parts {
			part := &documented.Parts[i]
			part.complete(t, vendor, documented.Parts[:i])
			fmt.Fprintf(&out, "\n### %s\n\n| vendor's name | in Enlist |\n|---|---|\n", part.Name)
			for _, name := range part.Names {
				fmt.Fprintf(&out, "| `%s` | %s |\n", name, part.explain(t, name))
			}
			for name := range part.Otherwise {
				if !slices.Contains(part.Names, name) {
					t.Errorf("%s: %s is explained, and not listed", part.Name, name)
				}
			}
		}
		out.WriteString("\n### Errors\n\n| vendor's error | reason | note |\n|---|---|---|\n")
		for _, failure := range documented.Errors {
			if _, known := enlistv1.ErrorReason_value[failure.Reason]; !known {
				t.Errorf("%s: %s is no reason", failure.Error, failure.Reason)
			}
			fmt.Fprintf(&out, "| %s | `%s` | %s |\n", failure.Error, failure.Reason, failure.Note)
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(page); err != nil || string(want) != out.String() {
		t.Errorf("docs/vendors.md is not what the annotations say: make docs (%v)", err)
	}
}

// complete adds the names of a part's DTO, and the explanations of Because to Otherwise.
func (p *part) complete(t *testing.T, vendor string, earlier []part) {
	t.Helper()
	for _, reason := range p.Because {
		for _, name := range reason.Names {
			if p.Otherwise == nil {
				p.Otherwise = map[string]string{}
			}
			if p.Otherwise[name] != "" {
				t.Errorf("%s: %s is explained twice", p.Name, name)
			}
			p.Otherwise[name] = reason.Why
		}
	}
	if p.DTO == "" {
		return
	}
	text, err := os.ReadFile("../" + vendor + "/testdata/dto.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Request, Response map[string]map[string]string }
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	direction, dto, _ := strings.Cut(p.DTO, ".")
	names := map[string]map[string]map[string]string{"request": table.Request, "response": table.Response}[direction][dto]
	if len(names) == 0 {
		t.Errorf("%s: dto.json has no %s", p.Name, p.DTO)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		isThere := slices.ContainsFunc(earlier, func(other part) bool {
			return other.Message == p.Message && slices.ContainsFunc(other.Names, func(listed string) bool {
				return listed == name || strings.HasPrefix(listed, name+".")
			})
		})
		if !isThere {
			p.Names = append(p.Names, name)
		}
	}
}

// explain returns the place of a documented name in Enlist, or the reason for having none.
func (p *part) explain(t *testing.T, name string) string {
	t.Helper()
	said, otherwise := p.annotated(t, name), p.Otherwise[name]
	switch {
	case len(said) > 0 && otherwise != "":
		t.Errorf("%s: %s has an annotation, and an explanation besides: %s", p.Name, name, otherwise)
	case len(said) == 0 && otherwise == "":
		t.Errorf("%s: nothing explains %s", p.Name, name)
	case otherwise != "":
		return otherwise
	}
	if len(said) > mostPaths {
		said = holders(said)
	}
	return strings.Join(said, ", ")
}

// mostPaths is the greatest number of paths in one row of the table. If there are more, the row has
// the fields that contain them.
const mostPaths = 6

// holders cuts each path after its first list or its second name, and removes repetitions.
func holders(paths []string) []string {
	holder := regexp.MustCompile("^`[a-z_]+\\.[a-z_]+(\\[\\*\\])?")
	var all []string
	for _, path := range paths {
		if cut := holder.FindString(path) + "`"; !slices.Contains(all, cut) {
			all = append(all, cut)
		}
	}
	return all
}

// annotated returns the explanation in the annotations of the wire message: of the first annotated
// field on the way to a name, else of the fields within it.
func (p *part) annotated(t *testing.T, name string) []string {
	t.Helper()
	if p.Message == "" {
		return nil
	}
	found, err := protoregistry.GlobalTypes.FindMessageByName(p.Message)
	if err != nil {
		t.Fatal(err)
	}
	message := found.Descriptor()
	var chain []protoreflect.FieldDescriptor
	var said []string
	for _, segment := range strings.Split(strings.ReplaceAll(name, "[]", ""), ".") {
		if message == nil {
			return nil
		}
		last := message.Fields().ByJSONName(segment)
		if last == nil {
			last = message.Fields().ByTextName(segment)
		}
		if last == nil {
			return nil
		}
		chain = append(chain, last)
		if len(said) == 0 {
			said = told(t, chain)
		}
		message = last.Message()
	}
	if len(said) == 0 {
		said = within(t, chain)
	}
	return said
}

// within returns the explanations in the annotations of the fields of the message at the end of a
// chain.
func within(t *testing.T, chain []protoreflect.FieldDescriptor) []string {
	t.Helper()
	message := chain[len(chain)-1].Message()
	if message == nil || message.FullName().Parent() == "google.protobuf" { // such as Value, which contains itself
		return nil
	}
	var all []string
	for i := range message.Fields().Len() {
		below := append(slices.Clone(chain), message.Fields().Get(i))
		said := told(t, below)
		if len(said) == 0 {
			said = within(t, below)
		}
		for _, one := range said {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// told returns the explanation in the annotation at the end of a chain: canonical fields, a
// setting, else a note.
func told(t *testing.T, chain []protoreflect.FieldDescriptor) []string {
	t.Helper()
	source := providers.SourceOf(chain)
	var said []string
	for _, path := range append([]string{source.GetPath()}, source.GetFallbackPaths()...) {
		if path == "" {
			continue
		}
		if !exists(path) {
			t.Errorf("%s: the contract has no field %s", chain[len(chain)-1].FullName(), path)
		}
		said = append(said, "`"+path+"`")
	}
	if source.GetSetting() != "" {
		said = append(said, "setting `"+source.GetSetting()+"`")
	}
	if len(said) == 0 && source.GetNote() != "" {
		said = append(said, source.GetNote())
	}
	return said
}

// exists reports whether the contract has a field: in a create request, in its response, or in a
// list of contractors.
func exists(path string) bool {
	within := func(message protoreflect.MessageDescriptor) bool {
		for _, name := range strings.Split(path, ".") {
			name, _, _ = strings.Cut(name, "[")
			if message == nil {
				return false
			}
			field := message.Fields().ByName(protoreflect.Name(name))
			if field == nil {
				return false
			}
			if field.IsMap() {
				field = field.MapValue()
			}
			message = field.Message()
		}
		return true
	}
	return within((&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor()) ||
		within((&enlistv1.ListContractorsResponse{}).ProtoReflect().Descriptor())
}
