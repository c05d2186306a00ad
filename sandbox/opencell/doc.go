// Package opencell emulates Opencell's identity server and the part of its REST API that creates,
// reads and deletes customers.
//
// Failures of every operation are the bare status body, also where a success wraps it in an
// actionStatus. The package may import the engine and nothing else of this project.
package opencell
