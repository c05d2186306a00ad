// Command bench measures Enlist beside what a good engineer would write by hand, in one run on one
// machine.
//
//	go run ./bench [-rounds 30] [-seconds 1] [-only NAME] [-profile FOLDER] [-peers PROGRAM] [-write]
//	go run ./bench -audit                                          with an audit stream, and without
//	go run ./bench -rounds 3 -flood 10000                          10,000 creations at once
//	go run ./bench -rounds 3 -flood 10000 -takes 4s -within 4s     the same, started one by one
//	go run ./bench -idle                                           start and rest
//	go run ./bench -scaling -rounds 9 [-rows 200000]               what one PostgreSQL carries
//
// Each subject is a process of its own. All subjects call the same vendor. It is an emulator of
// Opencell that responds at once, in its own process. The subjects are:
//
//   - bare handler: a grpc-go handler that posts the JSON to the vendor and does nothing else
//   - by hand: the same handler with a table of requests in SQLite or PostgreSQL (package byhand)
//   - Enlist: the binary with everything on: validation, encrypted journal in SQLite or PostgreSQL,
//     authentication, metrics, access log
//   - with -peers: DBOS and River, which bench/peers wraps in the same service
//
// Each subject with PostgreSQL has a server of its own, with the same settings. So what one leaves
// to autovacuum and checkpoints is not charged to another. CPU is that of the subject's process and
// of all processes of its PostgreSQL server. Bytes in the database are
// the size of the file after a checkpoint, or of the tables and indexes, divided by the creations.
//
// Every round measures every series briefly, in turn. If other programs use the machine, many short
// rounds are more reliable than a few long ones. A ratio is the median of the ratios of the rounds.
// Compare only the ratios of one run. Figures of different machines or runs are not comparable.
//
// After the rounds, the vendor kills each subject that records creations. It stops the process,
// sends the response to a creation, and kills the process before that can record it. Then the
// subject starts again, and a caller repeats the request for a minute. The vendor counts the
// customers.
//
// With -only, only series with that text in their name are measured, and nothing is killed. The
// names are as in the last table of the report. With -write, the report goes to
// docs/performance.md, too.
//
// With -flood, the vendor takes a second, and the other subject is the bare handler. With -within,
// the requests start one after the other, so that the machine keeps up.
//
// With -scaling, the bench first fills a journal in PostgreSQL, drops the payloads, and fills it
// again. It prints the room that a creation takes. Then it measures one to four replicas by turns
// with pgbench, which commits single rows on the same server.
package main
