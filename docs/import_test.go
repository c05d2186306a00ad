package docs

import (
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// Every command of import.md works as printed.
func TestImportPage(t *testing.T) {
	window := newTerminal(t)
	window.install(t)
	for _, b := range blocks(t, "import.md") {
		window.do(t, b)
	}
	created := sandboxtest.Created(t, window.real("http://127.0.0.1:8090"), "opencell")
	if created["M-1"] != 1 || created["M-2"] != 1 || created["M-3"] != 1 {
		t.Errorf("the vendor has %v", created)
	}
}
