package providers

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/envoyproxy/protoc-gen-validate/validate"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// FieldTable is the table of the canonical fields that a vendor's wire message supports. It comes
// from the message's annotations.
type FieldTable struct {
	entries []entry
	byPath  map[string][]*entry // by canonical path with [*] for indexes, fallback paths included
	byWire  map[string]*entry   // by proto path in the wire message, with [*] for indexes
	without map[string]string   // the reason why a canonical path is not supported, if there is one

	settings  settings
	keepsSent bool
}

// entry is one annotated field of the wire message.
type entry struct {
	source   *enlistv1.FieldSource
	wireName string                         // the vendor's name: name.lastName
	chain    []protoreflect.FieldDescriptor // from the wire message down to the field
	paths    []string                       // the canonical path and its fallbacks, in order
	anyPaths []string                       // the same with [*] for indexes
}

// NewFieldTable reads the table from the annotations of a wire message.
func NewFieldTable(wire protoreflect.MessageDescriptor) *FieldTable {
	table := &FieldTable{byPath: map[string][]*entry{}, byWire: map[string]*entry{}, without: map[string]string{}}
	table.collect(wire, nil)
	for i := range table.entries {
		e := &table.entries[i]
		for _, path := range e.anyPaths {
			table.byPath[path] = append(table.byPath[path], e)
		}
		table.byWire[e.wirePath()] = e
	}
	return table
}

// Without sets the reason why a canonical field is not supported. The note completes "is not sent
// to <provider>: ".
func (t *FieldTable) Without(path, note string) *FieldTable {
	t.without[path] = note
	return t
}

// KeepSent makes Reconcile always return the fates of fields that are sent unchanged, because a
// later request may change them.
func (t *FieldTable) KeepSent() *FieldTable {
	t.keepsSent = true
	return t
}

// PathOf returns the canonical path that fills a vendor's field in a request. name is the vendor's
// name: name.lastName. The path gets the index in name, if any. PathOf returns "" if the table has
// no such field.
func (t *FieldTable) PathOf(request *enlistv1.CreateCustomerRequest, name string) string {
	set := map[string]bool{}
	for _, leaf := range leavesOf(request) {
		set[leaf.any] = true
	}
	anyName := index.ReplaceAllString(name, "[]")
	for i := range t.entries {
		if e := &t.entries[i]; e.wireName == anyName {
			return strings.ReplaceAll(withIndexes(cmp.Or(e.active(set), e.home()), name), "[*]", "")
		}
	}
	return ""
}

func (t *FieldTable) collect(message protoreflect.MessageDescriptor, above []protoreflect.FieldDescriptor) {
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		chain := append(slices.Clone(above), field)
		if source := SourceOf(chain); source.GetPath() != "" {
			e := entry{source: source, wireName: wireName(chain), chain: chain, paths: append([]string{source.GetPath()}, source.GetFallbackPaths()...)}
			for _, path := range e.paths {
				e.anyPaths = append(e.anyPaths, anyIndex(path))
			}
			t.entries = append(t.entries, e)
		} else if field.Message() != nil && !field.IsMap() {
			t.collect(field.Message(), chain)
		}
	}
}

// SourceOf returns the annotation of the last field of a chain. The annotations of the messages
// above it may move its paths. It returns nil if the field has no annotation.
func SourceOf(chain []protoreflect.FieldDescriptor) *enlistv1.FieldSource {
	source := annotation(chain[len(chain)-1])
	for _, holder := range slices.Backward(chain[:len(chain)-1]) {
		move := annotation(holder).GetMove()
		if move == nil || source == nil {
			continue
		}
		source = proto.CloneOf(source)
		var moved []string
		for _, path := range append([]string{source.GetPath()}, source.GetFallbackPaths()...) {
			if rest, begins := strings.CutPrefix(path, move.GetFrom()); begins {
				moved = append(moved, move.GetTo()+rest)
			}
		}
		if len(moved) == 0 {
			return nil
		}
		source.Path, source.FallbackPaths = moved[0], moved[1:]
	}
	return source
}

func annotation(field protoreflect.FieldDescriptor) *enlistv1.FieldSource {
	source, _ := proto.GetExtension(field.Options(), enlistv1.E_Source).(*enlistv1.FieldSource)
	return source
}

// Support returns the table in the form of ListProviders, sorted by path.
func (t *FieldTable) Support() []*enlistv1.FieldSupport {
	support := make([]*enlistv1.FieldSupport, 0, len(t.entries))
	for i := range t.entries {
		support = append(support, t.entries[i].support())
	}
	slices.SortStableFunc(support, func(a, b *enlistv1.FieldSupport) int { return cmp.Compare(a.Path, b.Path) })
	return support
}

func (e *entry) support() *enlistv1.FieldSupport {
	support := &enlistv1.FieldSupport{
		Path:          e.source.GetPath(),
		WireField:     e.wireName,
		FallbackPaths: e.source.GetFallbackPaths(),
		Setting:       e.setting(),
		Note:          e.source.GetNote(),
	}
	if e.source.GetAs() != enlistv1.Transformation_TRANSFORMATION_UNSPECIFIED {
		support.Transformation = strings.TrimPrefix(e.source.GetAs().String(), "TRANSFORMATION_")
	}
	limits, _ := proto.GetExtension(e.last().Options(), validate.E_Rules).(*validate.FieldRules)
	if text := limits.GetString_(); text != nil {
		support.Required = text.GetMinLen() > 0 && !text.GetIgnoreEmpty()
		support.MinLength, support.MaxLength = length(text.MinLen), length(text.MaxLen)
		if text.Len != nil {
			support.MinLength, support.MaxLength = length(text.Len), length(text.Len)
			support.Required = !text.GetIgnoreEmpty()
		}
		support.Pattern = text.GetPattern()
		if len(text.GetIn()) > 0 {
			support.Pattern = "^(" + strings.Join(text.GetIn(), "|") + ")$"
		}
	}
	if number := limits.GetInt32(); number != nil && number.Gt != nil {
		support.Required = number.GetGt() >= 0 && !number.GetIgnoreEmpty()
	}
	if number := limits.GetInt64(); number != nil && number.Gt != nil {
		support.Required = number.GetGt() >= 0 && !number.GetIgnoreEmpty()
	}
	return support
}

func length(limit *uint64) *uint32 {
	if limit == nil {
		return nil
	}
	return proto.Uint32(uint32(min(*limit, 1<<31)))
}

func (e *entry) last() protoreflect.FieldDescriptor { return e.chain[len(e.chain)-1] }

// wirePath returns the proto path of the field in the wire message, with [*] for list elements.
func (e *entry) wirePath() string {
	names := make([]string, len(e.chain))
	for i, field := range e.chain {
		names[i] = string(field.Name())
		if field.IsList() && field.Message() != nil {
			names[i] += "[*]"
		}
	}
	return strings.Join(names, ".")
}

func wireName(chain []protoreflect.FieldDescriptor) string {
	names := make([]string, len(chain))
	for i, field := range chain {
		names[i] = field.JSONName()
		if field.IsList() && field.Message() != nil {
			names[i] += "[]"
		}
	}
	return strings.Join(names, ".")
}

// withIndexes returns a path with the indexes of another path, in order.
func withIndexes(path, other string) string {
	for _, at := range index.FindAllString(other, -1) {
		path = strings.Replace(path, "[*]", at, 1)
	}
	return path
}

var index = regexp.MustCompile(`\[[^\]]*\]`)

// anyIndex replaces the indexes of message lists and maps by [*]. Address lines keep theirs,
// because each has a field of its own.
func anyIndex(path string) string {
	if !strings.Contains(path, "[") || strings.Contains(path, ".lines[") {
		return path
	}
	return index.ReplaceAllString(path, "[*]")
}
