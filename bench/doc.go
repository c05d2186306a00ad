// Command bench measures Enlist beside servers written by hand that do as little as possible, in one run, on one machine.
//
//	go run ./bench [-rounds 30] [-seconds 1] [-callers 64] [-only NAME] [-profile FOLDER] [-postgres]
//	go run ./bench -rounds 3 -flood 10000    creates at once, at a vendor that takes a second, beside bare gRPC
//	go run ./bench -rounds 3 -flood 10000 -takes 4s -within 4s    the same, which begin one after the other, so that the machine keeps up
//	go run ./bench -idle           start and rest
//
// The subjects, each a process of its own, all before the same vendor (an emulator of Opencell that answers at once, in its own process):
//
//   - enlist: the binary with everything on: validation, journal, authentication, metrics, access log
//   - bare gRPC: a grpc-go handler that posts the same JSON to the vendor and does nothing else
//   - bare REST: net/http and encoding/json doing the same
//   - stock gateway: bare gRPC behind a grpc-gateway, over loopback
//
// With -postgres, enlist is two processes with one journal in PostgreSQL, which share the calls; its figures are of both together, without PostgreSQL's own.
//
// Every round measures every subject for a moment, in turn: many short rounds tell more than a few long ones where others use the machine, too.
// CPU, allocations and bytes are those of the server's process alone.
// Figures of different machines, or of different runs, say nothing beside each other: only the ratios of one run do.
package main
