package apidocs

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/vearutop/statigz"

	"github.com/enlist-dev/enlist/gen/go/enlist/serviceconfig"
	"github.com/enlist-dev/enlist/server/pages"
)

//go:embed page
var page embed.FS

//go:embed scalar/standalone.js.gz
var scalar embed.FS

// policy lets the page load and run its own files and call its own server. Other pages cannot
// frame it. Scalar sets styles in the document, but inline scripts stay forbidden.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// New serves gRPC's service config, the OpenAPI document, and the page under /docs/ that shows
// the document. The page shows the version of Enlist.
func New(document []byte, version string) (http.Handler, error) {
	parsed, err := template.ParseFS(page, "page/index.html")
	if err != nil {
		return nil, err
	}
	var index bytes.Buffer
	if err := parsed.Execute(&index, version); err != nil {
		return nil, err
	}
	own := http.StripPrefix("/docs", statigz.FileServer(page, statigz.FSPrefix("page")))
	bundle := http.StripPrefix("/docs", statigz.FileServer(scalar, statigz.FSPrefix("scalar")))
	files := http.NewServeMux()
	files.Handle("GET /openapi.json", pages.File("openapi.json", document))
	files.Handle("GET /service-config.json", pages.File("service-config.json", []byte(serviceconfig.JSON)))
	files.HandleFunc("GET /docs", pages.Redirect("docs/"))
	files.Handle("GET /docs/{$}", pages.File("index.html", index.Bytes()))
	files.Handle("GET /docs/page.js", own)
	files.Handle("GET /docs/page.css", own)
	files.Handle("GET /docs/standalone.js", bundle)
	return pages.Secured(policy, files), nil
}
