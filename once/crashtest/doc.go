// Package crashtest proves that creates happen exactly once though the process dies. It holds tests only.
//
// The tests are a black box: the real binary, built with -tags crashpoints, serves real gRPC and REST clients on a real journal; the five
// vendors are the sandbox, which lives in the test process and so survives. A round is a world of its own: callers create customers at once
// and repeat each create with its request_id until they have a final answer, while the process is killed with SIGKILL at a named step of
// package once or at a random moment, the sandbox fails on order, and the supervisor starts the process again. When everything has come to
// rest, every request_id is held against the vendor's own records, and against every answer that anybody ever got for it.
//
// Chance comes from one seed, which is printed: -crash.seed=N repeats the plan of a run, as far as scheduling allows. The other flags are
// -crash.rounds=N (rounds for each step and vendor) and, for a long run that ends with a table, -crash.duration=30m and -crash.table=FILE;
// `make crash DURATION=30m` is that.
//
// TestRandomInputs plays random customers against random faults at each vendor, on SQLite, on SQLite with kills, and on two replicas with
// PostgreSQL. Inputs follow from the seed alone. -crash.inputs=300 plays more of them, -crash.input=caliq/17 plays one and shows it.
package crashtest
