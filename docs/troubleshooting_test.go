package docs

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var (
	quotes       = regexp.MustCompile("`([^`]+)`")
	placeholders = regexp.MustCompile(`\b[NX]\b|…`)
	joins        = regexp.MustCompile(`" \+\s+"`)
)

// Each message that a table of symptoms or messages quotes is in the sources.
func TestQuotedMessages(t *testing.T) {
	listed, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
		"../*.go", ":!../*_test.go", ":!../sandbox", ":!../bench").Output()
	require(t, err, "it needs git and a checkout of Enlist")
	var sources strings.Builder
	for name := range strings.SplitSeq(strings.Trim(string(listed), "\x00"), "\x00") {
		sources.WriteString(read(t, name))
	}
	text := joins.ReplaceAllString(sources.String(), "")
	others := map[string]string{"bind: address already in use": "the operating system", "too_many_pings": "gRPC", "DEADLINE_EXCEEDED": "gRPC"}
	for _, page := range []string{"troubleshooting.md", "operations.md"} {
		found := 0
		isTable := false
		for line := range strings.Lines(read(t, page)) {
			switch {
			case strings.HasPrefix(line, "| symptom |"), strings.HasPrefix(line, "| message |"):
				isTable = true
			case !strings.HasPrefix(line, "|"):
				isTable = false
			case isTable:
				symptom, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
				for _, quoted := range quotes.FindAllStringSubmatch(symptom, -1) {
					found++
					for _, part := range placeholders.Split(quoted[1], -1) {
						if part = strings.TrimSpace(part); others[quoted[1]] == "" && !strings.Contains(text, part) {
							t.Errorf("%s: no source has %q", page, part)
						}
					}
				}
			}
		}
		if found == 0 {
			t.Errorf("%s: found no message", page)
		}
	}
}
