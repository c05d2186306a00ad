// Package caliq emulates Caliq: a key in every body, JSON or XML, and HTTP 200 also for what it
// refuses.
//
// The vendor does not publish what its message ids mean. The meanings here are the sandbox's own,
// and POST /api/v1/Message returns them. The package may import the engine and nothing else of this
// project.
package caliq
