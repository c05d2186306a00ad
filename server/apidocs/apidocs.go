package apidocs

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/vearutop/statigz"

	"github.com/enlist-dev/enlist/gen/go/enlist/serviceconfig"
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
	files.Handle("GET /openapi.json", file("openapi.json", document))
	files.Handle("GET /service-config.json", file("service-config.json", []byte(serviceconfig.JSON)))
	files.HandleFunc("GET /docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "docs/") // relative; the mux and http.Redirect would make it absolute
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	files.Handle("GET /docs/{$}", file("index.html", index.Bytes()))
	files.Handle("GET /docs/page.js", own)
	files.Handle("GET /docs/page.css", own)
	files.Handle("GET /docs/standalone.js", bundle)
	return secured(files), nil
}

// file serves content with the type that the name implies.
func file(name string, content []byte) http.Handler {
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256(content))
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("Etag", etag)
		http.ServeContent(w, request, name, time.Time{}, bytes.NewReader(content))
	})
}

// secured sets the security and cache headers of every response. With no-cache, the browser keeps
// a file and revalidates it by its ETag, since the file's name has no version.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, request)
	})
}
