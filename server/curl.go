package server

import (
	"regexp"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// curl writes a request as a command for a POSIX shell, which puts variables in the place of secrets. Empty for no request.
func curl(request *enlistv1.VendorRequest) string {
	if request == nil {
		return ""
	}
	command := []string{"curl -sS -X " + shellQuote(request.GetMethod()), shellQuote(request.GetUrl())}
	for _, header := range request.GetHeaders() {
		command = append(command, "-H "+shellQuote(header.GetName()+": "+header.GetValue()))
	}
	if request.GetBody() != "" {
		command = append(command, "--data-binary "+shellQuote(request.GetBody()))
	}
	return strings.Join(command, " ")
}

// placeholder is what stands for a secret, wherever it stands.
var placeholder = regexp.MustCompile(`\$[A-Z][A-Z0-9_]*`)

// shellQuote quotes a text so that a shell takes it as it is, but for the names of secrets. What a customer wrote can never be run: it
// stands in single quotes, and at the worst reads like the name of a variable.
func shellQuote(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	return strings.TrimSuffix(strings.TrimPrefix(placeholder.ReplaceAllString(quoted, `'"$0"'`), "''"), "''")
}
