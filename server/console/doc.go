// Package console serves the page for operators under /console/. The page lists what waits for a
// person, shows why, and records decisions.
//
// page/ holds the page: index.html, its style, and ES modules without a library or a build step.
// The page calls the contract over REST, at its own server alone. Its Content-Security-Policy lets
// no text become markup or code. The API key stays in memory, and is gone with the page.
//
// Addresses in the page are relative, so the page also works behind a path prefix. The tests in
// server/browser/console drive it in Chromium. `make pictures` takes its pictures for
// docs/operations.md.
//
// Package server imports it.
package console
