package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// The address of Enlist in the code samples, and where they store the request_id of a creation.
const (
	restAddress   = "http://localhost:8080"
	grpcAddress   = "localhost:9090"
	requestIDFile = "order-1042.request_id"
)

// call is an example request of the code samples.
type call struct {
	method     protoreflect.MethodDescriptor
	path, verb string // over REST
	request    protoreflect.Message
}

// language is a language in which each operation has a code sample.
type language struct {
	lang, label string
	sample      func(call) (string, error)
}

func languages() []language {
	return []language{
		{"shell", "curl", curlSample},
		{"python", "Python", pythonSample},
		{"javascript", "Node.js", nodeSample},
		{"go", "Go", goSample},
		{"java", "Java", javaSample},
		{"shell", "grpcurl", grpcurlSample},
	}
}

// codeSamples makes the code samples of an RPC from its first example.
func (d *document) codeSamples(method protoreflect.MethodDescriptor, path, verb string) ([]any, error) {
	if len(d.examples[string(method.Name())]) == 0 {
		return nil, fmt.Errorf("%s has no example", method.FullName())
	}
	request, err := requestOf(method, d.examples[string(method.Name())][0])
	if err != nil {
		return nil, fmt.Errorf("the example of %s: %w", method.FullName(), err)
	}
	var all []any
	for _, language := range languages() {
		source, err := language.sample(call{method, path, verb, request})
		if err != nil {
			return nil, fmt.Errorf("the sample of %s in %s: %w", method.FullName(), language.label, err)
		}
		all = append(all, with("lang", language.lang, "label", language.label, "source", source))
	}
	return all, nil
}

func requestOf(method protoreflect.MethodDescriptor, example sample) (protoreflect.Message, error) {
	members := map[string]any{}
	if example.Body != nil {
		if err := json.Unmarshal(example.Body, &members); err != nil {
			return nil, err
		}
	}
	maps.Copy(members, example.Parameters)
	text, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	request := dynamicpb.NewMessage(method.Input())
	if err := protojson.Unmarshal(text, request); err != nil {
		return nil, err
	}
	// The samples make the request_id, or read it.
	if id := requestID(method); id != nil {
		request.Set(id, protoreflect.ValueOfString("request_id"))
	}
	return request, nil
}

func (c call) rpc() string     { return string(c.method.Name()) }
func (c call) service() string { return string(c.method.Parent().Name()) }

// client returns the name of a client of the service in the samples, for example customers.
func (c call) client() string { return lowerFirst(subject(c.service())) }

// subject returns what a service is about, for example Customers.
func subject(service string) string {
	if service == "PrivacyService" {
		return "Privacy"
	}
	return strings.TrimSuffix(service, "Service") + "s"
}

// makesID reports whether the call is the creation, which gets a new request_id.
func (c call) makesID() bool { return c.rpc() == "CreateCustomer" }

// readsID reports whether the call concerns an earlier creation.
func (c call) readsID() bool {
	return !c.makesID() && requestID(c.method) != nil
}

// requestID returns the request_id of a request, or nil if the request needs none.
func requestID(method protoreflect.MethodDescriptor) protoreflect.FieldDescriptor {
	if id := method.Input().Fields().ByName("request_id"); id != nil && id.ContainingOneof() == nil {
		return id
	}
	return nil
}

// isRequestID reports whether a field is the request_id, for which the samples use a variable.
func isRequestID(field protoreflect.FieldDescriptor) bool { return field.Name() == "request_id" }

// setFields returns the set fields of a message, in the order of the contract.
func setFields(message protoreflect.Message) []protoreflect.FieldDescriptor {
	var set []protoreflect.FieldDescriptor
	for i := range message.Descriptor().Fields().Len() {
		if field := message.Descriptor().Fields().Get(i); message.Has(field) {
			set = append(set, field)
		}
	}
	return set
}

// literals renders the value of a field, or each element of a list.
func literals(field protoreflect.FieldDescriptor, value protoreflect.Value, one func(protoreflect.Value) string) []string {
	if !field.IsList() {
		return []string{one(value)}
	}
	var all []string
	for i := range value.List().Len() {
		all = append(all, one(value.List().Get(i)))
	}
	return all
}

// makesRequestID returns the comment on the request_id of a creation. Each line begins with the
// language's comment mark.
func makesRequestID(mark string) string {
	return mark + " Make the request_id once. Store it with your order\n" +
		mark + " before the first attempt, and send it with each.\n"
}

func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n    ") }

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

const durationName = "google.protobuf.Duration"

// seconds returns the whole seconds of a Duration.
func seconds(duration protoreflect.Message) int64 {
	return duration.Get(duration.Descriptor().Fields().ByName("seconds")).Int()
}

func isDuration(field protoreflect.FieldDescriptor) bool {
	return field.Message() != nil && field.Message().FullName() == durationName
}
