package certify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"sigs.k8s.io/yaml"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// facts are what certify must know of a vendor besides its adapter.
type facts struct {
	Records  map[string]protoreflect.FullName // by "create", "get" and "contractor"
	Members  map[string][]string
	Statuses map[string][]int
	Request  map[string]any

	known map[member]bool // members that the vendor documents
}

// member is a member of a wire message, under the vendor's name.
type member struct {
	message protoreflect.FullName
	name    string
}

// documented is the part of documented.yaml that certify reads.
type documented struct {
	Parts []struct {
		Message   protoreflect.FullName
		Names     []string
		Otherwise map[string]string
		Because   []struct{ Names []string }
	}
}

// readFacts reads the facts in a vendor's folder.
func readFacts(folder fs.FS) (*facts, error) {
	read := &facts{known: map[member]bool{}}
	listed := documented{}
	for name, into := range map[string]any{"certification.yaml": read, "documented.yaml": &listed} {
		text, err := fs.ReadFile(folder, name)
		if err == nil {
			err = yamlv3.Unmarshal(text, into)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range read.Records {
		if _, err := messageNamed(name); err != nil {
			return nil, err
		}
	}
	if _, err := read.options(""); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	for _, part := range listed.Parts {
		if part.Message == "" {
			continue
		}
		message, err := messageNamed(part.Message)
		if err != nil {
			return nil, err
		}
		names := part.Names
		for name := range part.Otherwise {
			names = append(names, name)
		}
		for _, group := range part.Because {
			names = append(names, group.Names...)
		}
		for _, name := range names {
			read.document(message, name)
		}
	}
	return read, nil
}

// options returns the request with the options of a full customer.
func (f *facts) options(marker string) (*enlistv1.CreateCustomerRequest, error) {
	text, err := json.Marshal(f.Request)
	if err != nil || len(f.Request) == 0 {
		return &enlistv1.CreateCustomerRequest{}, err
	}
	return ReadRequest(bytes.ReplaceAll(text, []byte("${MARKER}"), []byte(marker)))
}

// document marks each member on the way to a name, such as list[].address.city.
func (f *facts) document(message protoreflect.MessageDescriptor, name string) {
	for _, segment := range strings.Split(strings.ReplaceAll(name, "[]", ""), ".") {
		if message == nil {
			return
		}
		f.known[member{message.FullName(), segment}] = true
		field := fieldNamed(message, segment)
		if field == nil {
			return
		}
		message = field.Message()
	}
}

func messageNamed(name protoreflect.FullName) (protoreflect.MessageDescriptor, error) {
	found, err := protoregistry.GlobalTypes.FindMessageByName(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return found.Descriptor(), nil
}

// fieldNamed returns the field with a vendor's name, or nil.
func fieldNamed(message protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if field := message.Fields().ByJSONName(name); field != nil {
		return field
	}
	return message.Fields().ByTextName(name)
}

// record returns the message of the vendor's record in a response, or nil.
func (f *facts) record(response string) protoreflect.MessageDescriptor {
	message, err := messageNamed(f.Records[response])
	if err != nil {
		return nil
	}
	return message
}

// readable returns whether a read returns a canonical field, as the annotations of the vendor's
// record say.
func (f *facts) readable() func(path string) bool {
	var paths []string
	var collect func(message protoreflect.MessageDescriptor, above []protoreflect.FieldDescriptor)
	collect = func(message protoreflect.MessageDescriptor, above []protoreflect.FieldDescriptor) {
		for i := range message.Fields().Len() {
			field := message.Fields().Get(i)
			chain := append(above[:len(above):len(above)], field)
			if path := providers.SourceOf(chain).GetPath(); path != "" {
				paths = append(paths, path)
			}
			if field.Message() != nil && !field.IsMap() && field.Message().ParentFile().Package() != "google.protobuf" {
				collect(field.Message(), chain)
			}
		}
	}
	if record := f.record("get"); record != nil {
		collect(record, nil)
	}
	return func(path string) bool {
		for _, annotated := range paths {
			if annotated == path || strings.HasPrefix(path, annotated+"[") {
				return true
			}
		}
		return false
	}
}

// ReadRequest reads a create request from YAML or JSON.
func ReadRequest(text []byte) (*enlistv1.CreateCustomerRequest, error) {
	request := &enlistv1.CreateCustomerRequest{}
	converted, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, err
	}
	return request, protojson.Unmarshal(converted, request)
}
