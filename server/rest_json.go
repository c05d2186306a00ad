package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/enlist-dev/enlist/providers/rules"
)

// position finds the place that protojson names in its errors. Only their text has the place. A
// JSON library such as jsontext finds syntax errors, but not a value that does not fit its field.
var position = regexp.MustCompile(`\(line (\d+):(\d+)\)`)

// ReadJSON reads a message from JSON. A field may have its proto or its JSON name. ReadJSON
// returns nil, or the path of the wrong field and what the field must be. The violation does not
// hold the value.
func ReadJSON(data []byte, into proto.Message) *rules.Violation {
	err := protojson.Unmarshal(data, into)
	if err == nil {
		return nil
	}
	violation := explainJSON(data, err, into.ProtoReflect().Descriptor())
	return &violation
}

const inUnicode = `valid UTF-8, with \u escapes of whole characters`

// explainJSON turns an error of protojson into a violation. It names the field by its proto path,
// and says what the field takes. It does not repeat the value, as the library's text would.
func explainJSON(data []byte, err error, message protoreflect.MessageDescriptor) rules.Violation {
	at := position.FindStringSubmatch(err.Error())
	// Half a \u escape is near the end. The library takes it for the end of the body.
	if at == nil && json.Valid(data) {
		return rules.Violation{Path: "body", Description: "must be one JSON object in " + inUnicode}
	}
	if at == nil || !json.Valid(data) {
		return rules.Violation{Path: "body", Description: "must be one JSON object" + where(data, at)}
	}
	place := fmt.Sprintf(" (line %s column %s)", at[1], at[2])
	steps := pathTo(data, offsetOf(data, at[1], at[2]))
	path, field, owner, isElement := resolve(steps, message)
	text := strings.ReplaceAll(err.Error(), "\u00a0", " ") // the library mixes in no-break spaces
	switch {
	case strings.Contains(text, "unknown field") && owner != nil:
		name := steps[len(steps)-1].name
		return rules.Violation{
			Path: path, Description: "is not a field" + meant(path, name, owner, message) + " Known fields: " + rules.Names(owner.Fields()) + place,
		}
	case strings.Contains(text, "duplicate map key"):
		return rules.Violation{Path: path, Description: "must be set once" + place}
	case strings.Contains(text, "duplicate field"):
		return rules.Violation{Path: path, Description: "must be set once" + place}
	case strings.Contains(text, "oneof") && field != nil && field.ContainingOneof() != nil:
		return rules.Violation{Path: path, Description: "must not be combined with another option: set at most one of " +
			rules.Names(field.ContainingOneof().Fields()) + place}
	case field != nil && (strings.Contains(text, "invalid UTF-8") || strings.Contains(text, "invalid escape code")):
		return rules.Violation{Path: path, Description: "must be " + inUnicode + place}
	case field != nil && isElement:
		return rules.Violation{Path: path, Description: "must be " + rules.ExpectedElement(field) + place}
	case field != nil:
		return rules.Violation{Path: path, Description: "must be " + rules.Expected(field) + place}
	default:
		return rules.Violation{Path: "body", Description: "must be one JSON object with some of " + rules.Names(message.Fields())}
	}
}

// where describes the place of a syntax error in JSON, as far as it is known.
func where(data []byte, at []string) string {
	var syntax *json.SyntaxError
	switch {
	case errors.As(json.Unmarshal(data, new(any)), &syntax):
		before := data[:min(int(syntax.Offset), len(data))]
		line := bytes.Count(before, []byte("\n")) + 1
		return fmt.Sprintf(": the JSON is invalid at line %d column %d", line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]))
	case at != nil:
		return fmt.Sprintf("; see line %s column %s", at[1], at[2])
	default:
		return ""
	}
}

// offsetOf turns a line and a column (in characters, from 1) into an offset in bytes.
func offsetOf(data []byte, line, column string) int {
	lines, _ := strconv.Atoi(line)
	columns, _ := strconv.Atoi(column)
	offset := 0
	for ; lines > 1; lines-- {
		end := bytes.IndexByte(data[offset:], '\n')
		if end < 0 {
			return len(data)
		}
		offset += end + 1
	}
	for ; columns > 1 && offset < len(data); columns-- {
		_, width := utf8.DecodeRune(data[offset:])
		offset += width
	}
	return offset
}

// step is one step into a JSON document: a member's name, or an index.
type step struct {
	name  string
	index int // -1 for a name
}

// pathTo returns the steps to the token at an offset. encoding/json does not report the path of a
// token. The jsontext module mirrors the package that Go has from version 1.27.
func pathTo(data []byte, offset int) []step {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	for decoder.InputOffset() <= int64(offset) {
		if _, err := decoder.ReadToken(); err != nil {
			break
		}
	}
	var steps []step
	names := slices.Collect(decoder.StackPointer().Tokens())
	for i := range names {
		kind, length := decoder.StackIndex(i + 1)
		if kind == jsontext.KindBeginArray {
			steps = append(steps, step{index: int(length) - 1})
		} else {
			steps = append(steps, step{name: names[i], index: -1})
		}
	}
	return steps
}

// resolve follows the steps through the message. It returns the proto path and the last field, or
// a nil field if no field has that name. It also returns the message of the last name. isElement
// reports whether the path ends at an element of a list or map.
func resolve(steps []step, message protoreflect.MessageDescriptor) (
	path string, field protoreflect.FieldDescriptor, owner protoreflect.MessageDescriptor, isElement bool,
) {
	for _, step := range steps {
		switch {
		case step.index >= 0:
			path += "[" + strconv.Itoa(step.index) + "]"
			isElement = true
		case field != nil && field.IsMap():
			path += "[" + strconv.Quote(step.name) + "]"
			field, isElement = field.MapValue(), true
		default:
			owner, isElement = message, false
			if message != nil {
				field = queryField(message, step.name)
			}
			name := step.name
			switch {
			case field != nil:
				name = string(field.Name())
			case name == "":
				name = `""`
			}
			path = strings.TrimPrefix(path+"."+name, ".")
		}
		message = nil
		if field == nil {
			return path, nil, owner, false
		}
		if field.Message() != nil && !field.IsMap() {
			message = field.Message()
		}
	}
	return path, field, owner, isElement
}
