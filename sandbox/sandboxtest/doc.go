// Package sandboxtest is what the tests of the sandbox share: a sandbox behind a real socket, a
// plain client of each vendor, and helpers for JSON. Only tests import it.
package sandboxtest
