package docs

import (
	"os"
	"path/filepath"
	"testing"
)

// Every command of certify.md works as printed.
func TestCertifyPage(t *testing.T) {
	window := newTerminal(t)
	window.install(t)
	for _, b := range blocks(t, "certify.md") {
		window.do(t, b)
	}
	for _, report := range []string{"report.json", "report.md"} {
		if text, err := os.ReadFile(filepath.Join(window.directory, report)); err != nil || len(text) < 1000 {
			t.Errorf("%s: %d bytes, %v", report, len(text), err)
		}
	}
}
