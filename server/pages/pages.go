// Package pages serves the files of a web page with security headers and ETags.
//
// Packages apidocs and console import it.
package pages

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"
)

// File serves content with the type that the name implies.
func File(name string, content []byte) http.Handler {
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256(content))
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("Etag", etag)
		http.ServeContent(w, request, name, time.Time{}, bytes.NewReader(content))
	})
}

// Redirect redirects to a relative address, which is also right behind a path prefix. The mux and
// http.Redirect would make it absolute.
func Redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}

// Secured sets the security and cache headers of every response. policy is the
// Content-Security-Policy. With no-cache, the browser keeps a file and revalidates it by its ETag,
// since the file's name has no version.
func Secured(policy string, next http.Handler) http.Handler {
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
