package server

import (
	"regexp"
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/shell"
)

// variable matches the name of a placeholder.
var variable = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// curlLine returns the command that repeats a request, or nothing for a nil request. The shell
// expands only the placeholders that the request names. A request in a record of an earlier release
// names none.
func curlLine(request *enlistv1.VendorRequest) string {
	if request == nil {
		return ""
	}
	secrets := slices.DeleteFunc(slices.Clone(request.GetPlaceholders()), func(name string) bool { return !variable.MatchString(name) })
	command := []string{"curl -sS -g -X " + shell.Quote(request.GetMethod()), shell.Quote(request.GetUrl(), secrets...)}
	for _, header := range request.GetHeaders() {
		command = append(command, "-H "+shell.Quote(header.GetName()+": "+header.GetValue(), secrets...))
	}
	switch body := request.GetBody(); {
	case body == "":
	case shell.IsPrintable(body):
		command = append(command, "--data-raw "+shell.Quote(body, secrets...))
	default: // a terminal acts on a line break in a pasted command, even in quotes
		command = append([]string{shell.Printf(body, secrets...) + " |"}, append(command, "--data-binary @-")...)
	}
	return strings.Join(command, " ")
}
