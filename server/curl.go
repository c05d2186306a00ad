package server

import (
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// curls writes requests as commands for a POSIX shell.
type curls struct {
	// anywhere is a secret's `$NAME` where only Enlist writes: in headers and in the query, whose values are escaped.
	anywhere *regexp.Regexp
	// inBody is one in a body, which holds what customers wrote as well: the name of a field that is a secret, as the whole value.
	inBody *regexp.Regexp
}

func newCurls() *curls {
	return &curls{
		anywhere: regexp.MustCompile(`()(\$[A-Z][A-Z0-9_]*)()`),
		inBody:   regexp.MustCompile(`(["=\n])(\$(?:` + strings.Join(secretFields(), "|") + `))(["&\r\n']|$)`),
	}
}

// secretFields returns the `NAME` of every field of a vendor that is a secret.
func secretFields() []string {
	var names []string
	var gather func(protoreflect.MessageDescriptors)
	gather = func(messages protoreflect.MessageDescriptors) {
		for i := range messages.Len() {
			fields := messages.Get(i).Fields()
			for j := range fields.Len() {
				options, _ := fields.Get(j).Options().(*descriptorpb.FieldOptions)
				if options.GetDebugRedact() {
					names = append(names, strings.ToUpper(string(fields.Get(j).Name())))
				}
			}
			gather(messages.Get(i).Messages())
		}
	}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(file.Package()), "enlist.vendors.") {
			gather(file.Messages())
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// line returns the command that repeats a request, with variables in the place of secrets. Empty for no request. What a customer wrote
// stands in single quotes: it can neither be run nor read a variable.
func (c *curls) line(request *enlistv1.VendorRequest) string {
	if request == nil {
		return ""
	}
	path, query, asks := strings.Cut(request.GetUrl(), "?")
	target := quote(path, nil)
	if asks {
		target += quote("?"+query, c.anywhere)
	}
	command := []string{"curl -sS -g -X " + quote(request.GetMethod(), nil), target}
	for _, header := range request.GetHeaders() {
		command = append(command, "-H "+quote(header.GetName()+": "+header.GetValue(), c.anywhere))
	}
	if request.GetBody() != "" {
		command = append(command, "--data-raw "+quote(request.GetBody(), c.inBody))
	}
	return strings.Join(command, " ")
}

// quote quotes a text so that a shell takes it as it is, but for the second group of what is a variable; nil for none.
func quote(text string, variable *regexp.Regexp) string {
	quoted := "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	if variable == nil {
		return quoted
	}
	return strings.TrimSuffix(strings.TrimPrefix(variable.ReplaceAllString(quoted, `$1'"$2"'$3`), "''"), "''")
}
