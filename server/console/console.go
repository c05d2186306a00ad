package console

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/enlist-dev/enlist/server/pages"
)

//go:embed page
var page embed.FS

// policy lets the page load its own files and call its own server, and nothing else. The browser
// refuses every way to turn text into markup or code.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// New serves the page under /console/.
func New() (http.Handler, error) {
	entries, err := page.ReadDir("page")
	if err != nil {
		return nil, err
	}
	files := http.NewServeMux()
	files.HandleFunc("GET /console", pages.Redirect("console/"))
	for _, entry := range entries {
		content, err := fs.ReadFile(page, "page/"+entry.Name())
		if err != nil {
			return nil, err
		}
		path := entry.Name()
		if path == "index.html" {
			path = "{$}"
		}
		files.Handle("GET /console/"+path, pages.File(entry.Name(), content))
	}
	return pages.Secured(policy, files), nil
}
