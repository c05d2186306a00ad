// Package avvio emulates Avvio's web service: one address, dispatched by the operation that the
// body names, with the credentials in the body.
//
// Avvio's pages show no failure. Here each one is HTTP 200 with the status "error" and a message.
// The package may import the engine and nothing else of this project.
package avvio
