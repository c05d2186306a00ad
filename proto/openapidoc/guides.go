package main

import (
	_ "embed"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

//go:embed guides.md
var guidesText string

// guides returns the guides that precede the operations. The error catalogue ends them.
func guides(reasons map[string]reason, inOrder protoreflect.EnumDescriptor) string {
	var text strings.Builder
	text.WriteString(guidesText)
	for i := range inOrder.Values().Len() {
		reason, known := reasons[string(inOrder.Values().Get(i).Name())]
		if !known {
			continue
		}
		retry := "no"
		if reason.retries {
			retry = "yes, after the `RetryInfo` delay"
		}
		fmt.Fprintf(&text, "\n## %s\n\n`%s` · HTTP %s · gRPC `%s` · Retry: %s\n\n%s\n\n**What to do:** %s\n",
			inWords(reason.name), reason.name, reason.http, reason.code, retry, reason.cause, reason.remedy)
	}
	return text.String()
}

// inWords turns a reason into a heading such as "Outcome unknown". Renderers of Markdown would
// treat the underscores of the name as emphasis.
func inWords(reason string) string {
	words := strings.ToLower(strings.ReplaceAll(reason, "_", " "))
	return upperFirst(strings.NewReplacer("rpc ", "RPC ", "request id", "Request ID").Replace(words))
}
