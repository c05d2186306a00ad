package main

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

const about = `The REST side of the gRPC services in ` + "`enlist.v1`" + `.

**Field names** are in lowerCamelCase here and in responses. Requests may also use snake_case, like the contract. Errors name fields as the request does.
Unknown fields and query parameters are errors.

**Values** have the form of responses here: 64-bit integers as text, bytes in base64, enums by name, durations as ` + "`\"30s\"`" + `. Requests are
protobuf's JSON: numbers may be text, 64-bit integers may be numbers, and enums may be numbers. A field that is ` + "`null`" + `, empty or at its default is
the same as an absent field.

**Responses** omit a field at its default (an empty text, 0, false, an empty list, ` + "`…_UNSPECIFIED`" + `). So no field is required here. Clients must ignore
fields, enum values and details that they do not know, because v1 may gain some.

**Limits** of request fields are in the schemas. Each provider has more of them, which ` + "`GetProvider`" + ` lists. Codes of countries, currencies and
languages must exist. Dates must be on the calendar, and a date of birth must not be in the future.

**Errors** are a ` + "`google.rpc.Status`" + ` in JSON. Programs use the reason in its ErrorInfo.

**HEAD** works wherever GET does.`

// document is the OpenAPI document while it is built.
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
		"info", with("title", "Enlist", "version", "v1", "summary", "Creates customers in several vendors' systems through one API.",
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
