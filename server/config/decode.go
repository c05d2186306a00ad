package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/enlist-dev/enlist/providers/rules"
)

// decoder fills a message from YAML, and collects every problem.
type decoder struct {
	environment func(string) (string, bool)
	readFile    func(string) ([]byte, error)
	problems    []Problem
	lines       map[string]int // where each field stands
}

func (d *decoder) problem(path, description string) {
	line := d.lines[path]
	for above := path; line == 0 && strings.ContainsAny(above, ".["); {
		above = above[:strings.LastIndexAny(above, ".[")]
		line = d.lines[above]
	}
	d.problems = append(d.problems, Problem{Path: path, Line: line, Description: description})
}

func (d *decoder) failedAt(path string) bool {
	return slices.ContainsFunc(d.problems, func(p Problem) bool {
		return p.Path == path || strings.HasPrefix(path, p.Path+".") || strings.HasPrefix(p.Path, path+".") || strings.HasPrefix(p.Path, path+"[")
	})
}

// decode returns an error only when the data is no YAML mapping at all.
func (d *decoder) decode(data []byte, into proto.Message) error {
	var document yaml.Node
	reader := yaml.NewDecoder(bytes.NewReader(data))
	if err := reader.Decode(&document); errors.Is(err, io.EOF) {
		return nil // an empty file: the rules say what is missing
	} else if err != nil {
		return withoutValue(err)
	}
	var second yaml.Node
	if err := reader.Decode(&second); !errors.Is(err, io.EOF) {
		return errors.New("the file must contain one YAML document")
	}
	root := resolve(document.Content[0])
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		return errNotMapping
	}
	d.message(root, into.ProtoReflect(), "", 0)
	return nil
}

// withoutValue removes the name of an unknown anchor from an error. That name may be a value that
// begins with an asterisk, such as a password.
func withoutValue(err error) error {
	if strings.Contains(err.Error(), "unknown anchor") {
		return errors.New("yaml: an alias (*name) has no anchor (&name). Put a value that starts with an asterisk in quotes")
	}
	return err
}

// maxDepth is deeper than any configuration. It bounds an alias that contains itself.
const maxDepth = 20

func resolve(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

func (d *decoder) message(node *yaml.Node, into protoreflect.Message, path string, depth int) {
	if depth > maxDepth {
		d.problem(strings.TrimSuffix(path, "."), "is nested too deeply")
		return
	}
	fields := into.Descriptor().Fields()
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], resolve(node.Content[i+1])
		at := path + key.Value
		d.lines[at] = key.Line
		field := fields.ByName(protoreflect.Name(key.Value))
		switch {
		case field == nil:
			d.problem(at, "is not a setting. Use one of: "+rules.Names(fields))
		case seen[key.Value]:
			d.problem(at, "must be set once")
		case alternative(field, into) != "":
			d.problem(at, "cannot be combined with "+alternative(field, into))
		case value.Tag == "!!null":
		default:
			d.field(value, into, field, at, depth)
		}
		seen[key.Value] = true
	}
}

// alternative returns the field of the same oneof that is already set.
func alternative(field protoreflect.FieldDescriptor, message protoreflect.Message) string {
	oneof := field.ContainingOneof()
	if oneof == nil || oneof.IsSynthetic() {
		return ""
	}
	if set := message.WhichOneof(oneof); set != nil && set != field {
		return string(set.Name())
	}
	return ""
}

func (d *decoder) field(node *yaml.Node, into protoreflect.Message, field protoreflect.FieldDescriptor, path string, depth int) {
	isMessage := field.Message() != nil && !field.IsMap() && field.Message().ParentFile().Package() != "google.protobuf"
	switch {
	case field.IsList() && node.Kind != yaml.SequenceNode:
		d.problem(path, "must be a list")
	case field.IsList() && isMessage:
		list := into.Mutable(field).List()
		for i, item := range node.Content {
			at := fmt.Sprintf("%s[%d]", path, i)
			d.lines[at] = item.Line
			if item = resolve(item); item.Kind != yaml.MappingNode {
				d.problem(at, "must be a mapping")
				continue
			}
			d.message(item, list.AppendMutable().Message(), at+".", depth+1)
		}
	case isMessage && !field.IsList() && node.Kind != yaml.MappingNode:
		d.problem(path, "must be a mapping with some of "+rules.Names(field.Message().Fields()))
	case isMessage && !field.IsList():
		d.message(node, into.Mutable(field).Message(), path+".", depth+1)
	default:
		d.value(node, into, field, path)
	}
}

// value sets a field that holds none of our messages, through protobuf's JSON mapping.
func (d *decoder) value(node *yaml.Node, into protoreflect.Message, field protoreflect.FieldDescriptor, path string) {
	before := len(d.problems)
	plain := d.plain(node, path, field.Kind(), 0)
	expected := rules.Expected(field)
	text, isText := plain.(string)
	if field.Message() != nil && field.Message().FullName() == "google.protobuf.Duration" {
		expected = "a duration such as 30s, 5m or 1h30m"
		if duration, err := time.ParseDuration(text); err == nil { // 5m and 1h as well as protobuf's 300s
			plain = strconv.FormatFloat(duration.Seconds(), 'f', -1, 64) + "s"
		}
	}
	if isText && field.Enum() != nil {
		plain = withPrefix(field.Enum(), text)
	}
	if len(d.problems) > before {
		return
	}
	encoded, err := json.Marshal(map[string]any{string(field.Name()): plain})
	if err != nil {
		d.problem(path, "must be "+expected)
		return
	}
	single := into.New()
	if err := protojson.Unmarshal(encoded, single.Interface()); err != nil {
		// The library's error would repeat the value, which may be a secret.
		d.problem(path, "must be "+expected)
		return
	}
	if single.Has(field) {
		into.Set(field, single.Get(field))
	}
}

// withPrefix adds the prefix of an enum's values to a value that lacks it, so that SYNCHRONOUS is
// DURABILITY_SYNCHRONOUS.
func withPrefix(enum protoreflect.EnumDescriptor, text string) string {
	prefix := strings.TrimSuffix(string(enum.Values().Get(0).Name()), "UNSPECIFIED")
	if enum.Values().ByName(protoreflect.Name(prefix+text)) != nil {
		return prefix + text
	}
	return text
}

// plain returns a YAML value for JSON, with environment variables and files inserted.
func (d *decoder) plain(node *yaml.Node, path string, as protoreflect.Kind, depth int) any {
	switch node = resolve(node); {
	case depth > maxDepth:
		d.problem(path, "is nested too deeply")
		return nil
	case node.Kind == yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			at := fmt.Sprintf("%s[%d]", path, i)
			d.lines[at] = item.Line
			list[i] = d.plain(item, at, as, depth+1)
		}
		return list
	case node.Kind == yaml.MappingNode:
		mapping := map[string]any{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			mapping[node.Content[i].Value] = d.plain(node.Content[i+1], path, as, depth+1)
		}
		return mapping
	}
	text := d.expand(node.Value, path)
	if !utf8.ValidString(text) {
		d.problem(path, "must be valid UTF-8") // a variable or a file; JSON would replace invalid bytes
		return nil
	}
	if as == protoreflect.StringKind || as == protoreflect.MessageKind || as == protoreflect.EnumKind {
		return text // also if YAML takes it for a number or a truth value: a password may be 12345
	}
	if as == protoreflect.BoolKind {
		if value, err := strconv.ParseBool(text); err == nil {
			return value
		}
	}
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// expand inserts environment variables, or the whole content of a file without its last line
// break. The name of the file may hold variables too.
func (d *decoder) expand(text, path string) string {
	name, isFile := strings.CutPrefix(text, "file:")
	if !isFile {
		return d.variables(text, path)
	}
	if name = d.variables(name, path); !d.failedAt(path) {
		content, err := d.readFile(name)
		if err != nil {
			d.problem(path, fmt.Sprintf("names the file %s, which Enlist cannot read: %v", name, withoutPath(err)))
		}
		return strings.TrimRight(string(content), "\r\n")
	}
	return ""
}

// withoutPath returns the cause of an error of a file, for a text that names the file.
func withoutPath(err error) error {
	if ofFile := (*fs.PathError)(nil); errors.As(err, &ofFile) {
		return ofFile.Err
	}
	return err
}

// variables inserts environment variables.
func (d *decoder) variables(text, path string) string {
	return variable.ReplaceAllStringFunc(text, func(reference string) string {
		name := reference[2 : len(reference)-1]
		value, set := d.environment(name)
		if !set {
			d.problem(path, "names the environment variable "+name+", which is not set")
		}
		return value
	})
}
