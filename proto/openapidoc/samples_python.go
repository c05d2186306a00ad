package main

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func pythonSample(c call) (string, error) {
	request, needsDuration := pythonMessage(c.request), false
	for _, field := range setFields(c.request) {
		needsDuration = needsDuration || isDuration(field)
	}
	standard, google, id := "", "", ""
	switch {
	case c.makesID():
		standard = "import pathlib\nimport uuid\n\n"
		id = makesRequestID("#") + fmt.Sprintf("request_id = str(uuid.uuid4())\npathlib.Path(%q).write_text(request_id)\n\n", requestIDFile)
	case c.readsID():
		standard = "import pathlib\n\n"
		id = fmt.Sprintf("request_id = pathlib.Path(%q).read_text().strip()\n\n", requestIDFile)
	}
	if needsDuration {
		google = "from google.protobuf.duration_pb2 import Duration\n"
	}
	stub := c.client()
	arguments := []string{indented(indented(request))}
	function := stub + "." + c.rpc()
	if c.makesID() { // the package repeats it until its outcome is known
		function, arguments = "enlist.create_customer", []string{stub, arguments[0], "timeout=300,"}
	}
	return standard + "import enlist\nimport grpc\nfrom enlist import v1\n" + google + "\n" + id +
		fmt.Sprintf("with grpc.insecure_channel(%q, options=enlist.CHANNEL_OPTIONS) as channel:\n", grpcAddress) +
		fmt.Sprintf("    %s = v1.%sStub(channel)\n", stub, c.service()) +
		fmt.Sprintf("    response = %s(\n        %s\n    )\n    print(response)\n", function, strings.Join(arguments, ",\n        ")), nil
}

func pythonMessage(message protoreflect.Message) string {
	var arguments []string
	for _, field := range setFields(message) {
		values := literals(field, message.Get(field), func(value protoreflect.Value) string { return pythonValue(field, value) })
		text := strings.Join(values, ", ")
		if field.IsList() {
			text = "[" + text + "]"
		}
		arguments = append(arguments, fmt.Sprintf("%s=%s", field.Name(), text))
	}
	name := "v1." + string(message.Descriptor().Name())
	if flat := strings.Join(arguments, ", "); len(flat) < 60 && !strings.Contains(flat, "\n") {
		return name + "(" + flat + ")"
	}
	return name + "(\n    " + indented(strings.Join(arguments, ",\n")) + ",\n)"
}

func pythonValue(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch {
	case isDuration(field):
		return fmt.Sprintf("Duration(seconds=%d)", seconds(value.Message()))
	case field.Message() != nil:
		return pythonMessage(value.Message())
	case field.Enum() != nil:
		return "v1." + string(field.Enum().Values().ByNumber(value.Enum()).Name())
	case isRequestID(field):
		return "request_id"
	case field.Kind() == protoreflect.BoolKind:
		return map[bool]string{true: "True", false: "False"}[value.Bool()]
	}
	return jsonValue(field, value)
}
