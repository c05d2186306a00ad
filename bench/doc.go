// Command bench measures Enlist and minimal servers written by hand, in one run on one machine.
//
//	go run ./bench [-rounds 30] [-seconds 1] [-callers 64] [-only NAME] [-profile FOLDER] [-postgres]
//	go run ./bench -audit                                          also with an audit stream
//	go run ./bench -rounds 3 -flood 10000                          10,000 creations at once
//	go run ./bench -rounds 3 -flood 10000 -takes 4s -within 4s     the same, started one by one
//	go run ./bench -idle                                           start and rest
//	go run ./bench -scaling -rounds 9 [-rows 200000]               what one PostgreSQL carries
//
// Each subject is a process of its own. All subjects call the same vendor. It is an emulator of
// Opencell that responds at once, in its own process. The subjects are:
//
//   - enlist: the binary with everything on: validation, journal, authentication, metrics, access
//     log
//   - bare gRPC: a grpc-go handler that posts the same JSON to the vendor and does nothing else
//   - bare REST: net/http and encoding/json that do the same
//   - stock gateway: bare gRPC behind a grpc-gateway, over loopback
//
// With -audit, there is also an enlist that writes an audit stream to a file.
//
// With -flood, the vendor takes a second, and the other subject is bare gRPC. With -within, the
// requests start one after the other, so that the machine keeps up.
//
// With -postgres, enlist is two processes that share the requests and one journal in PostgreSQL.
// Its figures are the sum of both, without PostgreSQL's own.
//
// With -scaling, the bench first fills a journal in PostgreSQL, drops the payloads, and fills it
// again. It prints the room that a creation takes. Then it measures one to four replicas by turns
// with pgbench, which commits single rows on the same server. The CPU of PostgreSQL is that of all
// its processes.
//
// Every round measures every subject briefly, in turn. If other programs use the machine, many
// short rounds are more reliable than a few long ones. CPU, allocations and bytes are those of the
// server's process. Compare only the ratios of one run. Figures of different machines or runs are
// not comparable.
package main
