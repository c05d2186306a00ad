package main

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/envoyproxy/protoc-gen-validate/validate"
)

const statusOfError = "google.rpc.Status"

// inPlace returns the schema of a message that JSON writes in a special form. It returns nil for
// other messages.
func inPlace(message protoreflect.MessageDescriptor) *object {
	switch message.FullName() {
	case "google.protobuf.Timestamp":
		return with("type", "string", "format", "date-time")
	case "google.protobuf.Duration":
		return with("type", "string", "pattern", `^-?[0-9]+(?:\.[0-9]{1,9})?s$`, "examples", []string{"30s"})
	case "google.protobuf.Struct":
		return with("type", "object", "additionalProperties", true)
	}
	return nil
}

// wellKnown returns the schema of a message whose rules are in no annotation. It returns nil for
// other messages.
func wellKnown(message protoreflect.MessageDescriptor, going direction) *object {
	switch {
	case message.FullName() == statusOfError:
		return status()
	case message.FullName() == "google.type.Date" && going == request:
		return with(
			"type", "object", "description", "A date on the calendar.", "required", []string{"year", "month", "day"}, "additionalProperties", false,
			"properties", with("year", integer(1, 9999), "month", integer(1, 12), "day", integer(1, 31)),
			"examples", []any{with("year", 2018, "month", 1, "day", 10)},
		)
	case message.FullName() == "google.type.Date":
		return with("type", "object", "description", "A date on the calendar. A part that is unknown is 0, and absent.",
			"properties", with("year", integer(0, 9999), "month", integer(0, 12), "day", integer(0, 31)))
	}
	return nil
}

func integer(least, most int) *object {
	return with("type", "integer", "format", "int32", "minimum", least, "maximum", most)
}

// status returns the schema of every error.
func status() *object {
	details := []any{}
	mapping := with()
	for _, detail := range errorDetails() {
		details = append(details, with("$ref", detail.ref))
		mapping.set(detail.typeURL, detail.ref)
	}
	return with(
		"type", "object",
		"description", "Every error. Programs use the `reason` in its ErrorInfo. The message is for people.",
		"required", []string{"code", "message", "details"},
		"properties", with(
			"code", with("type", "integer", "format", "int32", "minimum", 1, "maximum", 16, "description", "The code of gRPC (google.rpc.Code)."),
			"message", with("type", "string", "minLength", 1,
				"description", "What is wrong and what to do, in sentences. It may change in any release."),
			"details", with("type", "array", "minItems", 1, "description", "Always ErrorInfo, and each of the others at most once.",
				"items", with("oneOf", details, "discriminator", with("propertyName", "@type", "mapping", mapping)),
				"contains", with("$ref", "#/components/schemas/ErrorInfo"), "maxContains", 1),
		),
	)
}

type errorDetail struct{ ref, typeURL string }

func errorDetails() []errorDetail {
	var all []errorDetail
	for _, name := range []string{"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.RetryInfo", "enlist.v1.VendorError"} {
		all = append(all, errorDetail{
			ref: "#/components/schemas/" + string(protoreflect.FullName(name).Name()), typeURL: "type.googleapis.com/" + name,
		})
	}
	return all
}

// addDetails adds the schemas of the details of errors.
func (s *schemas) addDetails(reason protoreflect.EnumDescriptor, vendor protoreflect.MessageDescriptor) {
	text := with("type", "string")
	typed := func(name, description string, properties *object, required ...string) {
		s.made.set(name, with("type", "object", "description", description, "required", append([]string{"@type"}, required...), "properties", properties))
	}
	atType := func(name string) *object {
		return with("type", "string", "const", "type.googleapis.com/"+name)
	}
	typed("ErrorInfo", "The reason, for programs.", with(
		"@type", atType("google.rpc.ErrorInfo"),
		"reason", s.refToEnum(reason),
		"domain", with("type", "string", "const", "enlist"),
		"metadata", with("type", "object", "additionalProperties", text,
			"description", "`provider`, `request_id`, `send_stage` (how much of the request to the vendor was sent) and `vendor_code`, if they are known."),
	), "reason", "domain")
	typed("BadRequest", "All wrong fields of the request.", with(
		"@type", atType("google.rpc.BadRequest"),
		"fieldViolations", with("type", "array", "minItems", 1, "items", with(
			"type", "object", "required", []string{"field", "description"}, "properties", with(
				"field", with("type", "string", "description",
					"Path of the field, in lowerCamelCase unless the request has snake_case. Or `body`, `query`, `path`, the name of a header."),
				"description", with("type", "string", "description", "What the field must be. It completes a sentence that begins with the path."),
				"reason", text,
			),
		)),
	), "fieldViolations")
	typed("RetryInfo", "Retry the same request, with the same `requestId`, after this delay.", with(
		"@type", atType("google.rpc.RetryInfo"),
		"retryDelay", with("type", "string", "pattern", `^[0-9]+(?:\.[0-9]{1,9})?s$`),
	), "retryDelay")
	s.refTo(vendor, answer)
	made := s.made.values[string(vendor.Name())].(*object)
	properties := with("@type", atType(string(vendor.FullName())))
	for _, name := range made.values["properties"].(*object).names {
		properties.set(name, made.values["properties"].(*object).values[name])
	}
	made.set("properties", properties).set("required", []string{"@type"})
}

func requiresOne(oneof protoreflect.OneofDescriptor) bool {
	required, _ := proto.GetExtension(oneof.Options(), validate.E_Required).(bool)
	return required
}
