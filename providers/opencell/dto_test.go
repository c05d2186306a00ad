package opencell_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/envoyproxy/protoc-gen-validate/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
)

// dtoTable is the table of facts in testdata/dto.json: the names, types and enum values of
// Opencell's JSON, and the lengths of its texts. It comes from introspection of Opencell's own DTO
// classes with its own Jackson settings. So it is the authority on the content of the wire
// messages.
type dtoTable struct {
	Limits   map[string]any
	Request  map[string]map[string]string // DTO → name → type
	Response map[string]map[string]string
}

func readTable(t *testing.T) *dtoTable {
	t.Helper()
	text, err := os.ReadFile("testdata/dto.json")
	if err != nil {
		t.Fatal(err)
	}
	table := &dtoTable{}
	if err := json.Unmarshal(text, table); err != nil {
		t.Fatal(err)
	}
	return table
}

// limit returns the greatest length of a text that both Opencell and its database accept. It
// returns 0 for a text that is not in the table.
func (d *dtoTable) limit(path string) uint64 {
	if strings.HasPrefix(path, "minimumAmountEl.") && strings.HasSuffix(path, "MinimumAmountEl") {
		path = "minimumAmountEl.minimumAmountEl" // the column of each account
	}
	if line := regexp.MustCompile(`^address\.address[1-5]$`); line.MatchString(path) {
		path = "address.address1..5"
	}
	switch limit := d.Limits[path].(type) {
	case float64:
		return uint64(limit)
	case map[string]any:
		least := limit["validation"].(float64)
		return uint64(min(least, limit["column"].(float64)))
	}
	return 0
}

// comparison compares a wire message with DTOs and records its names, as "Dto.name".
type comparison struct {
	t       *testing.T
	table   *dtoTable
	dtos    map[string]map[string]string
	request bool // whether limits and enums count; a response may have any value
	has     map[string]bool
}

func (c *comparison) message(message protoreflect.MessageDescriptor, dto, prefix string) {
	members, known := c.dtos[dto]
	if !known {
		c.t.Errorf("the table has no %s", dto)
		return
	}
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		kind, known := members[field.JSONName()]
		if !known {
			c.t.Errorf("%s: %s has no %s", field.FullName(), dto, field.JSONName())
			continue
		}
		c.has[dto+"."+field.JSONName()] = true
		c.field(field, kind, prefix+field.JSONName())
	}
}

func (c *comparison) field(field protoreflect.FieldDescriptor, kind, path string) {
	element, isMap := strings.CutPrefix(kind, "map of ")
	if field.IsMap() {
		if !isMap {
			c.t.Errorf("%s is a map, the table has %q", path, kind)
			return
		}
		c.message(field.MapValue().Message(), element, path+".")
		return
	}
	element, isList := strings.CutPrefix(kind, "list of ")
	if message := field.Message(); message != nil && message.FullName() == "google.protobuf.Value" {
		return // anything
	}
	if isList != field.IsList() {
		c.t.Errorf("%s is a list: %t, the table has %q", path, field.IsList(), kind)
	}
	rules, _ := proto.GetExtension(field.Options(), validate.E_Rules).(*validate.FieldRules)
	source, _ := proto.GetExtension(field.Options(), enlistv1.E_Source).(*enlistv1.FieldSource)
	values, isEnum := strings.CutPrefix(kind, "enum ")
	want := map[string]protoreflect.Kind{
		"String": protoreflect.StringKind, "Date": protoreflect.StringKind, "Boolean": protoreflect.BoolKind, "boolean": protoreflect.BoolKind,
		"Long": protoreflect.Int64Kind, "Integer": protoreflect.Int32Kind, "Double": protoreflect.DoubleKind, "BigDecimal": protoreflect.DoubleKind,
	}
	switch wanted, isPlain := want[element]; {
	case isPlain && field.Kind() != wanted:
		c.t.Errorf("%s has the kind %s, the table has %q", path, field.Kind(), kind)
	case isEnum && field.Kind() != protoreflect.StringKind:
		c.t.Errorf("%s has the kind %s, the table has %q", path, field.Kind(), kind)
	case !isPlain && !isEnum && field.Message() == nil && !strings.HasSuffix(kind, "Enum"):
		c.t.Errorf("%s has the kind %s, the table has %q", path, field.Kind(), kind)
	case field.Message() != nil:
		c.message(field.Message(), element, path+".")
	}
	if !c.request {
		return
	}
	if (kind == "Date") != (source.GetAs() == enlistv1.Transformation_TRANSFORMATION_ISO_8601_DATE) {
		c.t.Errorf("%s is sent as %s, the table has %q", path, source.GetAs(), kind)
	}
	if isEnum {
		if want := c.enum(path, strings.Split(values, " | ")); !slices.Equal(slices.Sorted(slices.Values(rules.GetString_().GetIn())), want) {
			c.t.Errorf("%s takes %v, the table has %v", path, rules.GetString_().GetIn(), want)
		}
	}
	if limit := c.table.limit(path); limit != 0 && rules.GetString_().GetMaxLen() != limit {
		c.t.Errorf("%s takes %d characters, Opencell %d", path, rules.GetString_().GetMaxLen(), limit)
	}
}

// enum returns the values that a field accepts, sorted. They are those of the table, except for
// payment methods: the table is of version 16, and a scalar lacks the details that most of them
// need.
func (c *comparison) enum(path string, values []string) []string {
	switch path {
	case "paymentMethod":
		values = scalars()
	case "methodOfPayment.paymentMethodType":
		values = append(values, "PAYPAL", "STRIPE") // before version 15
	}
	slices.Sort(values)
	return values
}

// scalars are the payment methods without details.
func scalars() []string { return []string{"CHECK", "WIRETRANSFER", "DIRECTDEBIT"} }

// requestNames compares the wire message of a request with the table.
func requestNames(t *testing.T) *comparison {
	t.Helper()
	table := readTable(t)
	c := &comparison{t: t, table: table, dtos: table.Request, request: true, has: map[string]bool{}}
	c.message((&opencellv1.CrmAccountHierarchy{}).ProtoReflect().Descriptor(), "CRMAccountHierarchyDto", "")
	return c
}

// Opencell can read every name that a request can send, with its type, values and length. It
// refuses unknown names with 400.
func TestRequestNames(t *testing.T) {
	c := requestNames(t)
	limits := 0
	for path := range c.table.Limits {
		if path != "about" {
			limits++
		}
	}
	if len(c.has) < 150 || limits < 15 {
		t.Errorf("only %d names and %d limits were compared", len(c.has), limits)
	}
}

// Opencell writes every name by which Enlist reads a response.
func TestResponseNames(t *testing.T) {
	table := readTable(t)
	c := &comparison{t: t, table: table, dtos: table.Response, has: map[string]bool{}}
	c.message((&opencellv1.GetCustomerAnswer{}).ProtoReflect().Descriptor(), "GetCustomerResponseDto", "")
	c.message((&opencellv1.ActionStatus{}).ProtoReflect().Descriptor(), "ActionStatus", "")
}

// Enlist sends every name of the table, or docs/vendors/opencell.md says why not.
func TestNamesThatAreNotSent(t *testing.T) {
	c := requestNames(t)
	page, err := os.ReadFile("../../docs/vendors/opencell.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	name := regexp.MustCompile("`([A-Za-z]+Dto(?:\\.[A-Za-z0-9*]+)?)`")
	for line := range strings.Lines(string(page)) {
		names, reason, isRow := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !isRow || len(strings.TrimSpace(reason)) < len("a reason") {
			continue
		}
		for _, match := range name.FindAllStringSubmatch(names, -1) {
			explained[match[1]] = true
		}
	}
	for dto, members := range c.table.Request {
		whole := explained[dto+".*"]
		for _, member := range slices.Sorted(maps.Keys(members)) {
			name := dto + "." + member
			switch sent := c.has[name]; {
			case sent && (explained[name] || whole):
				t.Errorf("%s is sent, and docs/vendors/opencell.md says that it is not", name)
			case !sent && !explained[name] && !whole:
				t.Errorf("%s is not sent, and docs/vendors/opencell.md does not say why", name)
			}
			delete(explained, name)
		}
		delete(explained, dto+".*")
	}
	if len(explained) > 0 {
		t.Errorf("docs/vendors/opencell.md explains names that Opencell does not have: %s", fmt.Sprint(slices.Sorted(maps.Keys(explained))))
	}
}
