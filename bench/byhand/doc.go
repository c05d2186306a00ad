// Package byhand is what a good engineer would write in place of Enlist, for one vendor: a gRPC
// handler and a table of requests. It is the yardstick of package bench.
//
// Bare passes a request on and keeps nothing. Durable adds two statements on SQLite or PostgreSQL:
// it records the intent before the vendor request and the result after it. Neither has
// authentication, validation, encryption, a log or metrics. Neither looks up an interrupted
// creation at the vendor.
//
// Only bench and its module bench/peers import this package.
package byhand
