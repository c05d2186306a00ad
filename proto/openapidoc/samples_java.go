package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func javaSample(c call) (string, error) {
	imports := []string{
		"dev.enlist.v1." + c.service() + "Grpc", "dev.enlist.v1." + string(c.method.Output().Name()),
		"io.grpc.Grpc", "io.grpc.InsecureChannelCredentials", "io.grpc.ManagedChannel",
	}
	request, id := javaMessage(c.request, &imports), ""
	switch {
	case c.makesID():
		imports = append(imports, "java.nio.file.Files", "java.nio.file.Path", "java.util.UUID")
		id = makesRequestID("//") +
			fmt.Sprintf("String requestId = UUID.randomUUID().toString();\nFiles.writeString(Path.of(%q), requestId);\n\n", requestIDFile)
	case c.readsID():
		imports = append(imports, "java.nio.file.Files", "java.nio.file.Path")
		id = fmt.Sprintf("String requestId = Files.readString(Path.of(%q)).strip();\n\n", requestIDFile)
	}
	slices.Sort(imports)
	text := ""
	for _, name := range slices.Compact(imports) {
		text += "import " + name + ";\n"
	}
	body := id + fmt.Sprintf("ManagedChannel channel =\n    Grpc.newChannelBuilder(%q, InsecureChannelCredentials.create()).build();\n", grpcAddress) +
		fmt.Sprintf("%sGrpc.%sBlockingStub %s =\n    %sGrpc.newBlockingStub(channel);\n", c.service(), c.service(), c.client(), c.service()) +
		fmt.Sprintf("%s response =\n    %s.%s(\n        %s.build());\n",
			c.method.Output().Name(), c.client(), lowerFirst(c.rpc()), indented(indented(request))) +
		"System.out.println(response);\nchannel.shutdown();"
	return text + fmt.Sprintf("\npublic class %s {\n  public static void main(String[] args) throws Exception {\n    %s\n  }\n}\n", c.rpc(),
		strings.ReplaceAll(indented(body), "\n    \n", "\n\n")), nil
}

// javaMessage renders a message as its builder. It adds the classes that the builder needs to the
// imports.
func javaMessage(message protoreflect.Message, imports *[]string) string {
	name := string(message.Descriptor().Name())
	*imports = append(*imports, "dev.enlist.v1."+name)
	text := name + ".newBuilder()"
	for _, field := range setFields(message) {
		setter := "set"
		if field.IsList() {
			setter = "add"
		}
		for _, value := range literals(field, message.Get(field), func(value protoreflect.Value) string { return javaValue(field, value, imports) }) {
			text += fmt.Sprintf("\n    .%s%s(%s)", setter, upperCamel(string(field.Name())), indented(value))
		}
	}
	return text
}

func javaValue(field protoreflect.FieldDescriptor, value protoreflect.Value, imports *[]string) string {
	switch {
	case isDuration(field):
		*imports = append(*imports, "com.google.protobuf.util.Durations")
		return fmt.Sprintf("Durations.fromSeconds(%d)", seconds(value.Message()))
	case field.Message() != nil:
		return javaMessage(value.Message(), imports)
	case field.Enum() != nil:
		*imports = append(*imports, "dev.enlist.v1."+string(field.Enum().Name()))
		return string(field.Enum().Name()) + "." + string(field.Enum().Values().ByNumber(value.Enum()).Name())
	case isRequestID(field):
		return "requestId"
	}
	return jsonValue(field, value)
}
