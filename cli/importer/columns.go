package importer

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// catalog has the paths that a provider takes.
type catalog struct {
	provider string
	taken    map[string]bool // with [*] for elements
	required []string
	drops    bool // fields that the provider does not take are dropped, as a constant says
}

// newCatalog reads the field table of a provider.
func newCatalog(provider *enlistv1.Provider, constants map[string]string) *catalog {
	c := &catalog{provider: provider.GetName(), taken: map[string]bool{}}
	for _, field := range provider.GetFields() {
		if field.GetRequired() && field.GetPath() != requestID {
			c.required = append(c.required, field.GetPath())
		}
		for _, path := range append([]string{field.GetPath()}, field.GetFallbackPaths()...) {
			c.taken[path] = path != requestID
		}
	}
	for name, value := range constants {
		found, err := parsePath(name)
		c.drops = c.drops || err == nil && found.String() == "unsupported_fields" && strings.HasSuffix(loose(value), "drop")
	}
	return c
}

const (
	requestID  = "request_id"
	customerID = "customer.id"
)

// find returns the path that a name means: a path in any notation, or the end of one path that the
// provider takes.
func (c *catalog) find(name string) (path, error) {
	found, err := parsePath(strings.TrimSpace(name))
	switch {
	case err == nil:
		return found, c.check(found)
	case !errors.Is(err, errNoField):
		return nil, err
	}
	var meant []string
	for _, taken := range slices.Sorted(maps.Keys(c.taken)) {
		if c.taken[taken] && !strings.Contains(taken, "[*]") && endsWith(taken, name) {
			meant = append(meant, taken)
		}
	}
	switch len(meant) {
	case 0:
		return nil, fmt.Errorf("matches no field that %s takes", c.provider)
	case 1:
		return parsePath(meant[0])
	default:
		return nil, fmt.Errorf("may be %s", strings.Join(meant, " or "))
	}
}

// endsWith reports whether the last parts of a path are a name.
func endsWith(path, name string) bool {
	for rest, more := path, true; more; _, rest, more = strings.Cut(rest, ".") {
		if loose(rest) == loose(name) {
			return true
		}
	}
	return false
}

// check returns an error if the provider does not take a path.
func (c *catalog) check(found path) error {
	if found.saysHow() {
		return nil
	}
	switch found[0].field.Name() {
	case "provider", requestID, "validate_only", "include_vendor_record":
		return errors.New("is what the import sets itself")
	case "customer":
		if c.drops {
			return nil
		}
	}
	if !c.taken[found.pattern()] {
		return fmt.Errorf("is %s, which %s does not take", found, c.provider)
	}
	return nil
}

// target is a value of each request, and where it comes from.
type target struct {
	path
	name     string // of the path
	column   int    // constant: of no column
	value    string // of a constant
	isSecret bool
}

const constant = -1

// textIn returns the text of the value in a row.
func (t *target) textIn(row *Row) string {
	if t.column == constant {
		return t.value
	}
	return value(row, t.column)
}

// Names of the columns that a file of rejects adds. They are no fields.
const (
	noteLine    = "enlist_line"
	noteField   = "enlist_field"
	noteMessage = "enlist_message"
	noteToDo    = "enlist_to_do"
	noteImport  = "enlist_import"
	noteKey     = "enlist_key"
)

func isNote(column string) bool {
	return slices.Contains([]string{noteLine, noteField, noteMessage, noteToDo, noteImport, noteKey}, column)
}

// columns says what the columns of a source are.
type columns struct {
	source  *source
	catalog *catalog
	mapping Mapping

	targets  []target // sorted by path
	resolved int      // so many columns are known
	key      int      // constant: the row's content is its key
	noted    int      // the column with the key of an earlier run, or constant
	problems []error
}

func newColumns(s *source, c *catalog, mapping Mapping) *columns {
	made := &columns{source: s, catalog: c, mapping: mapping, key: constant, noted: constant}
	for _, name := range slices.Sorted(maps.Keys(mapping.Constants)) {
		found, err := c.find(name)
		if err != nil {
			made.problems = append(made.problems, fmt.Errorf("constants: %s %w", name, err))
			continue
		}
		value := mapping.Constants[name]
		probe := (&enlistv1.CreateCustomerRequest{}).ProtoReflect()
		if err := found.set(probe, value); err != nil {
			made.problems = append(made.problems, fmt.Errorf("constants: %s %w", name, err))
			continue
		}
		made.add(target{path: found, name: found.String(), column: constant, value: value}, "the constants")
	}
	return made
}

// resolve finds the targets of columns that are new.
func (c *columns) resolve() {
	for ; c.resolved < len(c.source.columns); c.resolved++ {
		column, name := c.resolved, c.source.columns[c.resolved]
		if name == noteKey {
			c.noted = column
		}
		if name == c.mapping.Key {
			c.key = column
		}
		if _, ignored := slices.BinarySearch(c.mapping.Ignored, name); !ignored && !isNote(name) {
			c.resolveOne(column, name)
		}
	}
}

func (c *columns) resolveOne(column int, name string) {
	written := name
	if mapped, is := c.mapping.Columns[name]; is {
		written = mapped
	}
	found, err := c.catalog.find(written)
	switch {
	case err != nil && name == c.mapping.Key && written == name: // it may be no field
		return
	case err != nil:
		if written != name {
			name += " (" + written + " in the mapping)"
		}
		c.problems = append(c.problems, fmt.Errorf("column %q %w", name, err))
		return
	}
	if found.String() == customerID && c.mapping.Key == "" {
		c.key = column
	}
	c.add(target{path: found, name: found.String(), column: column}, fmt.Sprintf("column %q", name))
}

func (c *columns) add(t target, from string) {
	at, twice := slices.BinarySearchFunc(c.targets, t, func(a, b target) int { return cmp.Compare(a.name, b.name) })
	if twice {
		other := "the constants"
		if c.targets[at].column != constant {
			other = fmt.Sprintf("column %q", c.source.columns[c.targets[at].column])
		}
		c.problems = append(c.problems, fmt.Errorf("%s and %s both set %s: ignore one of them in the mapping", other, from, t.name))
		return
	}
	last := t.path[len(t.path)-1].field
	options, _ := last.Options().(*descriptorpb.FieldOptions)
	t.isSecret = options.GetDebugRedact()
	c.targets = slices.Insert(c.targets, at, t)
}

// finish returns all problems, after the last row.
func (c *columns) finish() error {
	c.resolve()
	missing := func(column, section string) {
		if _, is := c.source.index[column]; !is {
			c.problems = append(c.problems, fmt.Errorf("%s names column %q, which the file does not have", section, column))
		}
	}
	for _, column := range slices.Sorted(maps.Keys(c.mapping.Columns)) {
		missing(column, "the mapping")
	}
	for _, column := range c.mapping.Ignored {
		missing(column, "the mapping")
	}
	if c.mapping.Key != "" {
		missing(c.mapping.Key, "--key")
	}
	return c.problem()
}

const mostProblems = 20

// problem returns what is wrong with the columns, or nil.
func (c *columns) problem() error {
	if len(c.problems) == 0 {
		return nil
	}
	shown := c.problems[:min(len(c.problems), mostProblems)]
	return fmt.Errorf("nothing was sent, since not every column has a field:\n%w\n"+
		"Give each such column its path, or list it under ignored, in the file of --map. `enlist import --template --provider=%s` prints all paths",
		errors.Join(shown...), c.catalog.provider)
}

// value returns the text of a column in a row.
func value(row *Row, column int) string {
	if column < 0 || column >= len(row.Values) {
		return ""
	}
	return row.Values[column]
}

// request makes the request of a row, as far as its cells are valid.
func (c *columns) request(row *Row) (*enlistv1.CreateCustomerRequest, []Violation) {
	request := &enlistv1.CreateCustomerRequest{Provider: c.catalog.provider, Customer: &enlistv1.Customer{}}
	var wrong []Violation
	for i := range c.targets {
		t := &c.targets[i]
		text := t.textIn(row)
		if text == "" {
			continue
		}
		if err := t.set(request.ProtoReflect(), text); err != nil {
			wrong = append(wrong, c.violation(row, t.name, err.Error()))
		}
	}
	return request, wrong
}

// Violation is one thing that is wrong with a row.
type Violation struct {
	Line    int    `json:"line"`
	Column  string `json:"column,omitempty"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

// violation says which cell of a row a path is about.
func (c *columns) violation(row *Row, name, message string) Violation {
	found := Violation{Line: row.Line, Path: name, Message: message}
	for i := range c.targets {
		t := &c.targets[i]
		if t.name != name && !strings.HasPrefix(name, t.name+"[") {
			continue
		}
		if t.column == constant {
			found.Column = "constants"
			break
		}
		found.Column, found.Line = c.source.columns[t.column], row.lineOf(t.column)
		if t.name == name {
			break
		}
	}
	return found
}

// largeRequest is what every server takes, in bytes.
const largeRequest = 1 << 20

// tooLarge reports whether a server does not take a request because of its size.
func tooLarge(request proto.Message, err error) bool {
	return status.Code(err) == codes.ResourceExhausted && client.Reason(err) == 0 && proto.Size(request) > largeRequest
}

// shorten says that the longest cell of a row makes it too large.
func (c *columns) shorten(row *Row) Violation {
	longest := slices.MaxFunc(c.targets, func(a, b target) int {
		return cmp.Compare(len(value(row, a.column)), len(value(row, b.column)))
	})
	return c.violation(row, longest.name, "must be shorter, since the row is larger than the server takes")
}

// without clears the fields of violations in a copy of a request. It reports whether it found one.
func without(request *enlistv1.CreateCustomerRequest, violations []Violation) (*enlistv1.CreateCustomerRequest, bool) {
	copied, cleared := proto.CloneOf(request), false
	for _, violation := range violations {
		found, err := parsePath(violation.Path)
		if err != nil {
			continue
		}
		message := copied.ProtoReflect()
		for _, s := range found[:len(found)-1] {
			if message != nil && (!message.Has(s.field) || s.field.IsMap() || s.field.IsList()) {
				message = nil
			}
			if message != nil {
				message = message.Mutable(s.field).Message()
			}
		}
		if last := found[len(found)-1].field; message != nil && message.Has(last) {
			message.Clear(last)
			cleared = true
		}
	}
	return copied, cleared
}
