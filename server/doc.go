// Package server is the transport: gRPC, REST, health, and what every call passes on its way in and out.
//
// A call over either transport goes through one chain (access log, recovery, deadline, validation) to its handler, and from there
// to a provider. A REST call is decoded by the gateway and enters the same chain in the process, without a socket.
// errors.go alone turns errors into statuses. Nothing here knows a vendor.
package server
