// Package apidocs serves gRPC's service config, the OpenAPI document, and the API reference that shows it: Swagger UI, from the Go module that
// carries it, in a page of our own.
//
// page/ is that page: index.html, what Swagger UI is told (page.js), and the colours that make it readable for everybody (page.css). It asks no other
// host for anything, and its Content-Security-Policy lets it run nothing but its own files. browser/ has the tests that drive it in Chromium.
//
// Addresses in it are relative, so that it works behind a path prefix too.
//
// page.js and page.css name parts of Swagger UI that no release promises to keep: after `go get github.com/swaggest/swgui` the tests say what has moved.
package apidocs
