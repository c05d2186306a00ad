// Package server is the transport: gRPC, REST, health, and the path of every request and
// response.
//
// A request over either transport goes through one chain to its handler, and from there to a
// provider. The chain has the access log, recovery, the deadline and validation. The gateway
// decodes a REST request and enters the same chain in the process, without a socket. Only
// errors.go turns errors into statuses. Nothing here knows a vendor.
//
// Package cli imports it.
package server
