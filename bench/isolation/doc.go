// Package isolation measures requests to one vendor while thousands of requests wait for another
// vendor that hangs: `make isolation`.
//
// The package has tests only, and no other package imports it.
package isolation
