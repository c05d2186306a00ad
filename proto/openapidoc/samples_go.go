package main

import (
	"fmt"
	"go/format"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

func goSample(c call) (string, error) {
	request := goMessage(c.request)
	standard, modules, id := []string{"context", "fmt", "log"}, []string{}, ""
	switch {
	case c.makesID():
		standard, modules = append(standard, "os"), append(modules, "github.com/google/uuid")
		id = makesRequestID("//") +
			fmt.Sprintf("requestID := uuid.NewString()\nif err := os.WriteFile(%q, []byte(requestID), 0o600); err != nil {\nlog.Fatal(err)\n}\n\n",
				requestIDFile)
	case c.readsID():
		standard = append(standard, "os", "strings")
		id = fmt.Sprintf("stored, err := os.ReadFile(%q)\nif err != nil {\nlog.Fatal(err)\n}\nrequestID := strings.TrimSpace(string(stored))\n\n",
			requestIDFile)
	}
	modules = append(modules, "google.golang.org/grpc", "google.golang.org/grpc/credentials/insecure")
	if strings.Contains(request, "durationpb.") {
		standard, modules = append(standard, "time"), append(modules, "google.golang.org/protobuf/types/known/durationpb")
	}
	stub, rpc, deadline := c.client(), c.client()+"."+c.rpc()+"(context.Background(), ", ""
	if c.rpc() == "CreateCustomer" { // retries until the outcome is settled
		rpc = "client.CreateCustomer(ctx, " + stub + ", "
		deadline = "ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)\ndefer cancel()\n"
		standard = append(standard, "time")
	}
	source := "package main\n\nimport (\n" + quotedLines(standard) + "\n" + quotedLines(modules) +
		"\n\"github.com/enlist-dev/enlist/client\"\nenlistv1 \"github.com/enlist-dev/enlist/gen/go/enlist/v1\"\n" +
		")\n\nfunc main() {\n" + id +
		fmt.Sprintf("connection, err := client.New(%q,\n", grpcAddress) +
		"grpc.WithTransportCredentials(insecure.NewCredentials()))\n" +
		"if err != nil {\nlog.Fatal(err)\n}\n" +
		fmt.Sprintf("%s := enlistv1.New%sClient(connection)\n", stub, c.service()) +
		deadline + "response, err := " + rpc + request + ")\n" +
		"if err != nil {\nlog.Fatal(err)\n}\nfmt.Println(response)\n}\n"
	formatted, err := format.Source([]byte(source))
	return string(formatted), err
}

func quotedLines(paths []string) string {
	text := ""
	for _, path := range paths {
		text += fmt.Sprintf("%q\n", path)
	}
	return text
}

func goMessage(message protoreflect.Message) string {
	text := "&enlistv1." + string(message.Descriptor().Name()) + "{\n"
	for _, field := range setFields(message) {
		values := literals(field, message.Get(field), func(value protoreflect.Value) string { return goValue(field, value) })
		name, value := upperCamel(string(field.Name())), strings.Join(values, ", ")
		switch oneof := field.ContainingOneof(); {
		case oneof != nil && !oneof.IsSynthetic():
			value = fmt.Sprintf("&enlistv1.%s_%s{%s: %s}", message.Descriptor().Name(), name, name, value)
			name = upperCamel(string(oneof.Name()))
		case field.IsList():
			value = "[]string{" + value + "}"
		}
		text += name + ": " + value + ",\n"
	}
	return text + "}"
}

func goValue(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch {
	case isDuration(field):
		return fmt.Sprintf("durationpb.New(%d * time.Second)", seconds(value.Message()))
	case field.Message() != nil:
		return goMessage(value.Message())
	case field.Enum() != nil:
		return fmt.Sprintf("enlistv1.%s_%s", field.Enum().Name(), field.Enum().Values().ByNumber(value.Enum()).Name())
	case isRequestID(field):
		return "requestID"
	}
	return jsonValue(field, value)
}
