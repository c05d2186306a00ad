// Package server is the transport: gRPC, REST, health, and what every request passes on its way in
// and out.
//
// A request over either transport goes through one chain (access log, recovery, deadline,
// validation) to its handler, and from there to a provider. The gateway decodes a REST request and
// enters the same chain in the process, without a socket. Only errors.go turns errors into
// statuses. Nothing here knows a vendor.
//
// Package cli imports it.
package server
