package main

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

const about = `The REST side of the gRPC services in ` + "`enlist.v1`" + `.

**Field names** are documented in lowerCamelCase, as responses have them. Requests may also use snake_case, as the contract does. Errors name fields
as the request does. Unknown fields and query parameters are errors.

**HEAD** works wherever GET does.

**Values** are documented in the form that answers have: 64-bit integers as text, bytes in base64, enums by name, durations as ` + "`\"30s\"`" + `. Requests
are read as protobuf's JSON: numbers may stand as text, 64-bit integers as numbers, enums as numbers, and a field that is ` + "`null`" + `, empty or at its
default is the same as one that is left out.

**In answers** a field at its default (an empty text, 0, false, an empty list, ` + "`…_UNSPECIFIED`" + `) is left out, so none is required here. Clients
must pass over fields, enum values and details that they do not know: v1 may gain some.

**Limits** of request fields are in the schemas. Beyond them a provider has its own, which ` + "`GetProvider`" + ` lists; codes of countries, currencies and
languages must exist, dates be on the calendar, and a date of birth not in the future.

**Errors** are a ` + "`google.rpc.Status`" + ` in JSON. Programs go by the reason in its ErrorInfo.`

// document is the OpenAPI document under way.
type document struct {
	schemas  *schemas
	reasons  map[string]reason
	examples map[string][]sample
	answers  recorded
	used     map[string]bool // errors that a response refers to
}

func newDocument(files *protoregistry.Files) (*object, error) {
	services, err := servicesOf(files, "CustomerService", "ProviderService", "OperationService")
	if err != nil {
		return nil, err
	}
	d := &document{schemas: newSchemas(services), used: map[string]bool{}}
	if d.examples, d.answers, err = readExamples(); err != nil {
		return nil, err
	}
	reasons, err := files.FindDescriptorByName("enlist.v1.ErrorReason")
	if err != nil {
		return nil, err
	}
	vendor, err := files.FindDescriptorByName("enlist.v1.VendorError")
	if err != nil {
		return nil, err
	}
	if d.reasons, err = reasonsOf(reasons.(protoreflect.EnumDescriptor)); err != nil {
		return nil, err
	}
	paths, tags := with(), []any{}
	for _, service := range services {
		tags = append(tags, with("name", service.Name(), "description", comment(service)))
		for i := range service.Methods().Len() {
			path, verb, operation, err := d.operation(service.Methods().Get(i))
			if err != nil {
				return nil, err
			}
			if !paths.has(path) {
				paths.set(path, with())
			}
			paths.values[path].(*object).set(verb, operation)
		}
	}
	d.schemas.addDetails(reasons.(protoreflect.EnumDescriptor), vendor.(protoreflect.MessageDescriptor))
	return with(
		"openapi", "3.1.0",
		"info", with("title", "Enlist", "version", "v1", "summary", "Signs a customer up in any of several vendors' systems through one contract.",
			"description", about),
		"servers", []any{with("url", "/", "description", "The server that this document comes from.")},
		"security", []any{with("bearer", []any{}), with("certificate", []any{}), with()},
		"tags", tags,
		"paths", paths,
		"components", with(
			"schemas", d.schemas.inOrder(),
			"parameters", parameters(),
			"headers", answerHeaders(),
			"examples", d.errors(),
			"securitySchemes", securitySchemes(),
		),
	), d.schemas.err
}

func servicesOf(files *protoregistry.Files, names ...string) ([]protoreflect.ServiceDescriptor, error) {
	var all []protoreflect.ServiceDescriptor
	for _, name := range names {
		found, err := files.FindDescriptorByName(protoreflect.FullName("enlist.v1." + name))
		if err != nil {
			return nil, err
		}
		all = append(all, found.(protoreflect.ServiceDescriptor))
	}
	return all, nil
}

func (s *schemas) inOrder() *object {
	sorted := with()
	for _, name := range slices.Sorted(slices.Values(s.made.names)) {
		sorted.set(name, s.made.values[name])
	}
	return sorted
}

func (d *document) errors() *object {
	made := with()
	for _, name := range slices.Sorted(maps.Keys(d.used)) {
		made.set(name, with("value", d.answers.Errors[name]))
	}
	return made
}

// securitySchemes says how a caller says who it is; a server for this machine alone may ask nobody.
func securitySchemes() *object {
	return with(
		"bearer", with("type", "http", "scheme", "bearer", "description", "An API key, or a JSON Web Token of the configured issuer."),
		"certificate", with("type", "mutualTLS", "description", "A client certificate, where the server asks for one."),
	)
}
