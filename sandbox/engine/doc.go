// Package engine is what the emulated vendors of the sandbox share: the HTTP server with its
// control endpoints under /sandbox, the fault injection, and the store of records.
//
// A vendor's package builds an [API], adds its endpoints with [Engine.Route] and stores customers
// with [Engine.Add]. The engine reads requests, picks the fault that applies, runs the endpoint
// under the one lock, and changes or withholds the response as the fault says.
//
// The engine knows no vendor. Like the whole sandbox it shares no code with providers/ or gen/.
package engine
