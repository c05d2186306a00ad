// Package examples tests the example programs: one small program for each language, all of which do
// the same. The test runs each of them against the demo server.
//
// The package has tests only, and no other package imports it.
package examples
