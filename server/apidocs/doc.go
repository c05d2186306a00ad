// Package apidocs serves gRPC's service config and the OpenAPI document. Under /docs/ it serves
// the API reference, a page of our own that shows the document with Scalar.
//
// page/ holds that page: index.html, the settings and additions for Scalar (page.js), and the
// style (page.css). The page sends requests to its own server alone. Its Content-Security-Policy
// runs only its own script files, and lets Scalar set styles. An API key stays in memory.
//
// scalar/ holds Scalar's bundle from npm, compressed, with its checksum and its licence. The
// licence is MIT. Those of the packages in the bundle are comments in it. `make scalar` downloads
// the bundle again. The tests in server/browser/apidocs drive the page in Chromium.
//
// Addresses in the page are relative, so the page also works behind a path prefix.
//
// page.js, page.css and page.js of the tests name parts of Scalar that no release promises to keep.
// After an update, the tests report which parts have moved.
//
// Package server imports it.
package apidocs
