// Package crashtest proves that creations happen exactly once although the process dies. It has
// tests only.
//
// The tests are a black box. The real binary, built with -tags crashpoints, serves real gRPC and
// REST clients on a real journal. The five vendors are the sandbox, which lives in the test
// process and so survives. In a round, callers create customers at the same time. They repeat each
// request with its request_id until the response is final. Meanwhile SIGKILL ends the process at a
// named step of package once or at a random moment, the sandbox injects faults, and the supervisor
// starts the process again. When every creation has an outcome, the test compares each request_id
// with the vendor's own records and with every response that a caller got for it.
//
// All random choices follow from one seed, which is printed. `make test` always uses the same seed.
// The long runs take one from the clock, with -crash.seed=0. -crash.seed=N repeats the plan of a
// run, as far as scheduling allows. -crash.rounds=N sets the rounds for each step and vendor. A
// long run that ends with a table has -crash.duration=30m and -crash.table=FILE, as in
// `make crash DURATION=30m`.
//
// TestNeighbours runs the last release beside the working tree, on one PostgreSQL.
//
// TestPatroni fails a real Patroni cluster over, under load. -crash.failovers=40 is a long run, as
// in `make failover`.
//
// TestLinear keeps the history of all calls for an operation, and checks it against a sequential
// model of one operation.
//
// TestRandomInputs plays random customers against random faults at each vendor: on SQLite, on
// SQLite with kills, and on two replicas with PostgreSQL. The inputs follow from the seed alone.
// -crash.inputs=300 plays more of them. -crash.input=caliq/17 plays and shows one.
package crashtest
