package main

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// document is the OpenAPI document during its construction.
type document struct {
	schemas  *schemas
	reasons  map[string]reason
	examples map[string][]sample
	answers  recorded
	used     map[string]bool // errors that a response refers to
	failures *failures
}

func newDocument(files *protoregistry.Files) (*object, error) {
	services, err := servicesOf(files, "CustomerService", "ProviderService", "OperationService", "PrivacyService")
	if err != nil {
		return nil, err
	}
	actor, err := files.FindDescriptorByName("enlist.v1.Actor")
	if err != nil {
		return nil, err
	}
	d := &document{schemas: newSchemas(services, actor.(protoreflect.EnumDescriptor)), used: map[string]bool{}}
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
	if d.failures, err = newFailures(services, d.reasons); err != nil {
		return nil, err
	}
	paths, tags := with(), []any{}
	for _, service := range services {
		tags = append(tags, with("name", service.Name(), "x-displayName", subject(string(service.Name())),
			"description", aboutService(service)))
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
			"description", guides(d.reasons, reasons.(protoreflect.EnumDescriptor))),
		"servers", []any{with("url", "/", "description", "The server that this document comes from.")},
		"security", []any{with("bearer", []any{}), with("certificate", []any{}), with()},
		"tags", tags,
		"paths", paths,
		"components", with(
			"schemas", d.schemas.inOrder(),
			"parameters", parameters(),
			"responses", d.failures.shared,
			"headers", answerHeaders(),
			"examples", d.errors(),
			"securitySchemes", securitySchemes(),
		),
	), d.schemas.err
}

// aboutService returns the comment of a service without the paragraph on errors. The error
// responses and the guide cover errors.
func aboutService(service protoreflect.ServiceDescriptor) string {
	paragraphs := slices.DeleteFunc(strings.Split(comment(service), "\n\n"), func(paragraph string) bool {
		return strings.Contains(paragraph, anyCallEnds)
	})
	return strings.Join(paragraphs, "\n\n")
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

// securitySchemes returns the ways to authenticate. A server that only this machine can reach may
// require none.
func securitySchemes() *object {
	return with(
		"bearer", with("type", "http", "scheme", "bearer", "description", "An API key, or a JSON Web Token of the configured issuer."),
		"certificate", with("type", "mutualTLS", "description", "A client certificate, where the server asks for one."),
	)
}
