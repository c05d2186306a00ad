// Package apidocs serves gRPC's service config, the OpenAPI document, and under /docs/ the API
// reference that shows it: Scalar, in a page of our own.
//
// page/ is that page: index.html, what Scalar is told and what it lacks (page.js), and its looks
// (page.css). The page sends requests to its own server alone. Its Content-Security-Policy runs
// no script but its own files, and lets Scalar set styles. An API key stays in memory.
//
// scalar/ is Scalar's bundle from npm, compressed, with its checksum and its licence (MIT; those
// of the packages in it are comments in the bundle). `make scalar` downloads it anew. browser/ has
// the tests that drive the page in Chromium.
//
// Addresses in the page are relative, so that it works behind a path prefix too.
//
// page.js, page.css and browser/page.js name parts of Scalar that no release promises to keep:
// after an update the tests say what has moved.
//
// Package server imports it.
package apidocs
