package main

import (
	_ "embed"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

//go:embed guides.md
var guidesText string

// guides are the guides that stand before the operations, with the error catalogue at their end.
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
		fmt.Fprintf(&text, "\n## %s\n\nHTTP %s · gRPC `%s` · Retry: %s\n\n%s\n\n**What to do:** %s\n",
			reason.name, reason.http, reason.code, retry, reason.cause, reason.remedy)
	}
	return text.String()
}
