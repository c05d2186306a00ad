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
	// anywhere matches a secret's `$NAME` in headers and in the query. Only Enlist writes there,
	// and it escapes values.
	anywhere *regexp.Regexp
	// inBody matches a secret's `$NAME` in a body, where customers' texts appear too. It matches
	// only as the whole value of a secret field.
	inBody *regexp.Regexp
}

func newCurls() *curls {
	return &curls{
		anywhere: regexp.MustCompile(`()(\$[A-Z][A-Z0-9_]*)()`),
		inBody:   regexp.MustCompile(`(["=\n])(\$(?:` + strings.Join(secretFields(), "|") + `))(["&\r\n']|$)`),
	}
}

// secretFields returns the `NAME` of every secret field of a vendor.
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

// line returns the command that repeats a request, with variables in place of secrets. It returns
// nothing for a nil request. Customers' texts are in single quotes, so the shell neither runs
// them nor expands variables in them.
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

// quote quotes a text for a shell. It leaves the second group of each match of variable unquoted.
// A nil variable matches nothing.
func quote(text string, variable *regexp.Regexp) string {
	quoted := "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	if variable == nil {
		return quoted
	}
	return strings.TrimSuffix(strings.TrimPrefix(variable.ReplaceAllString(quoted, `$1'"$2"'$3`), "''"), "''")
}
