package server

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statusv1 "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
)

// jsonNames maps the proto name of each field in the contract to its JSON name, if they differ.
type jsonNames map[string]string

func jsonNamesOfContract() jsonNames {
	names, seen := jsonNames{}, map[protoreflect.FullName]bool{}
	for _, service := range contractServices() {
		for i := range service.Methods().Len() {
			names.add(service.Methods().Get(i).Input(), seen)
			names.add(service.Methods().Get(i).Output(), seen)
		}
	}
	return names
}

func (n jsonNames) add(message protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) {
	if seen[message.FullName()] {
		return
	}
	seen[message.FullName()] = true
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		if name := string(field.Name()); name != field.JSONName() {
			n[name] = field.JSONName()
		}
		if field.Message() != nil {
			n.add(field.Message(), seen)
		}
	}
}

// protoName finds the proto names in a text. It also matches texts that keep their name. These
// are the key of a map, a variable of a path ({request_id}), a vendor's name in parentheses, and
// a setting of the configuration.
var protoName = regexp.MustCompile(
	`\["(?:[^"\\]|\\.)*"\]|\{[a-z_]+\}|\([a-z0-9_.]+\)|\bsetting [a-z0-9_]+|\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b`)

func (n jsonNames) rewrite(text string) string {
	return protoName.ReplaceAllStringFunc(text, func(found string) string {
		if name, known := n[found]; known {
			return name
		}
		return found
	})
}

// inError returns the error with JSON names in its message and field violations.
func (n jsonNames) inError(made *statusv1.Status) *statusv1.Status {
	made.Message = n.rewrite(made.GetMessage())
	for i, detail := range made.GetDetails() {
		bad := &errdetails.BadRequest{}
		if !detail.MessageIs(bad) || detail.UnmarshalTo(bad) != nil {
			continue
		}
		for _, violation := range bad.GetFieldViolations() {
			violation.Field, violation.Description = n.rewrite(violation.GetField()), n.rewrite(violation.GetDescription())
		}
		if rewritten, err := anypb.New(bad); err == nil {
			made.Details[i] = rewritten
		}
	}
	return made
}

// usesProtoNames reports whether a request uses a proto name such as family_name in its query or
// body. A request without a field name of several words does not.
func usesProtoNames(request *http.Request) bool {
	for name := range request.URL.Query() {
		if strings.Contains(name, "_") {
			return true
		}
	}
	body, read := request.Body.(*requestBody)
	return read && body.message != nil && hasProtoNames(body.data, body.message)
}

// hasProtoNames does the same for a JSON object. The keys of maps are not field names.
func hasProtoNames(object []byte, message protoreflect.MessageDescriptor) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return false
	}
	for name, value := range members {
		if strings.Contains(name, "_") {
			return true
		}
		field := queryField(message, name)
		if field == nil {
			continue
		}
		for _, element := range elementsOf(field, value) {
			if hasProtoNames(element.json, element.message) {
				return true
			}
		}
	}
	return false
}

type element struct {
	json    []byte
	message protoreflect.MessageDescriptor
}

// elementsOf returns the messages in the value of a field.
func elementsOf(field protoreflect.FieldDescriptor, value json.RawMessage) []element {
	var found []element
	switch {
	case field.IsMap() && field.MapValue().Message() != nil:
		var entries map[string]json.RawMessage
		_ = json.Unmarshal(value, &entries) // an unreadable value has no names
		for _, entry := range entries {
			found = append(found, element{entry, field.MapValue().Message()})
		}
	case field.IsMap() || field.Message() == nil:
	case field.IsList():
		var items []json.RawMessage
		_ = json.Unmarshal(value, &items)
		for _, item := range items {
			found = append(found, element{item, field.Message()})
		}
	default:
		found = append(found, element{value, field.Message()})
	}
	return found
}

// named returns an error with the names that the request uses. It uses JSON names unless the
// request uses proto names.
func (n jsonNames) named(request *http.Request, made *statusv1.Status) *statusv1.Status {
	if usesProtoNames(request) {
		return made
	}
	copied, _ := proto.Clone(made).(*statusv1.Status)
	return n.inError(copied)
}

func queryField(message protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if field := message.Fields().ByJSONName(name); field != nil {
		return field
	}
	return message.Fields().ByName(protoreflect.Name(name))
}
