package importer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// path leads from a request to one value in it.
type path []step

// step is a field, and an element of it if it is a list or a map.
type step struct {
	field protoreflect.FieldDescriptor
	index int    // of a list; whole: the list itself
	key   string // of a map
}

const (
	// whole stands for a list without an index. Each line of a cell is an element then.
	whole = -1
	// mostElements is more than any list of the contract takes.
	mostElements = 1000
)

// String returns the path as the contract writes it: customer.billing_address.lines[0].
func (p path) String() string {
	return p.with(func(s step) string {
		switch {
		case s.field.IsMap():
			return "[" + s.key + "]"
		case s.field.IsList() && s.index != whole:
			return "[" + strconv.Itoa(s.index) + "]"
		}
		return ""
	})
}

// pattern returns the path as the field table of a provider has it: [*] for an element, except for
// the lines of an address, which have a field each.
func (p path) pattern() string {
	return p.with(func(s step) string {
		switch {
		case s.field.IsList() && s.field.Name() == "lines":
			return "[" + strconv.Itoa(max(s.index, 0)) + "]"
		case s.field.IsMap(), s.field.IsList():
			return "[*]"
		}
		return ""
	})
}

// with returns the names of the fields, each with the notation of its element.
func (p path) with(element func(step) string) string {
	names := make([]string, len(p))
	for i, s := range p {
		names[i] = string(s.field.Name()) + element(s)
	}
	return strings.Join(names, ".")
}

// saysHow reports whether the path is about the creation, and not about the customer.
func (p path) saysHow() bool {
	root := p[0].field.Name()
	return root == "on_existing" || root == "unsupported_fields"
}

// errNoField says that a text is no path of a request.
var errNoField = errors.New("no such field")

func requestType() protoreflect.MessageDescriptor {
	return (*enlistv1.CreateCustomerRequest)(nil).ProtoReflect().Descriptor()
}

// parsePath reads a path from the request, or from the customer. It ignores case, blanks, hyphens
// and underscores in names. It returns errNoField if the text is no path, and another error if the
// text is the beginning of one.
func parsePath(text string) (path, error) {
	found, err := parseIn(requestType(), text)
	if errors.Is(err, errNoField) {
		customer := requestType().Fields().ByName("customer")
		inner, innerErr := parseIn(customer.Message(), text)
		if innerErr == nil {
			return append(path{{field: customer, index: whole}}, inner...), nil
		}
		err = innerErr
	}
	return found, err
}

func parseIn(message protoreflect.MessageDescriptor, text string) (path, error) {
	name := text
	if end := strings.IndexAny(text, ".["); end >= 0 {
		name = text[:end]
	}
	rest := text[len(name):]
	field := fieldNamed(message, name)
	if field == nil {
		return nil, errNoField
	}
	made := step{field: field, index: whole}
	switch {
	case field.IsMap():
		var err error
		if made.key, rest, err = parseKey(field, rest); err != nil {
			return nil, err
		}
	case field.IsList() && strings.HasPrefix(rest, "["):
		number, after, closed := strings.Cut(rest[1:], "]")
		index, err := strconv.ParseUint(number, 10, 16)
		if !closed || err != nil || index >= mostElements {
			return nil, fmt.Errorf("needs a number in brackets after %s, from 0 on, such as [0]", field.Name())
		}
		made.index, rest = int(index), after
	}
	value := field
	if field.IsMap() {
		value = field.MapValue()
	}
	isLast := value.Message() == nil || isValue(value.Message())
	inner, hasInner := strings.CutPrefix(rest, ".")
	switch {
	case isLast && rest == "":
		return path{made}, nil
	case isLast, !hasInner && rest != "":
		return nil, errNoField
	case field.IsList() && made.index == whole:
		return nil, fmt.Errorf("needs a number in brackets after %s, such as %[1]s[0]", field.Name())
	case !hasInner:
		return nil, fmt.Errorf("has several values: use one of %s", strings.Join(fieldNames(value.Message(), text+"."), ", "))
	}
	below, err := parseIn(value.Message(), inner)
	return append(path{made}, below...), err
}

// parseKey reads the key of a map, as .KEY or [KEY].
func parseKey(field protoreflect.FieldDescriptor, text string) (key, rest string, err error) {
	isLast := field.MapValue().Message() == nil
	switch {
	case strings.HasPrefix(text, "[") && isLast && strings.HasSuffix(text, "]"):
		key = text[1 : len(text)-1]
	case strings.HasPrefix(text, "["):
		var closed bool
		if key, rest, closed = strings.Cut(text[1:], "]"); !closed {
			key = ""
		}
	case strings.HasPrefix(text, ".") && isLast:
		key = text[1:]
	case strings.HasPrefix(text, "."):
		key = text[1:]
		if end := strings.IndexByte(key, '.'); end >= 0 {
			key, rest = key[:end], key[end:]
		}
	}
	if key == "" {
		return "", "", fmt.Errorf("needs a key after %s, such as %[1]s.KEY", field.Name())
	}
	return key, rest, nil
}

// loose returns a name as names are compared.
func loose(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '\u00a0':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

func fieldNamed(message protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if field := message.Fields().ByName(protoreflect.Name(name)); field != nil {
		return field
	}
	for i := range message.Fields().Len() {
		if field := message.Fields().Get(i); loose(string(field.Name())) == loose(name) {
			return field
		}
	}
	return nil
}

func fieldNames(message protoreflect.MessageDescriptor, prefix string) []string {
	var names []string
	for i := range message.Fields().Len() {
		names = append(names, prefix+string(message.Fields().Get(i).Name()))
	}
	return names
}

// isValue reports whether a cell holds a message as one value.
func isValue(message protoreflect.MessageDescriptor) bool {
	return message.FullName() == "google.type.Date"
}
