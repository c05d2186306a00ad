// Package postgrestest starts temporary PostgreSQL clusters for tests: real servers, from the
// machine's own binaries, in a temporary folder, on loopback.
//
// A package whose tests use it runs them through Run:
//
//	func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }
//
//	func TestSomething(t *testing.T) { dsn := postgrestest.Shared(t).Database(t) }
//
// Without PostgreSQL, PgBouncer or Patroni on the machine, the test is skipped. With CI=true in the
// environment, it fails.
//
// The test process holds a pipe. A shell beside each cluster waits for the end of that pipe. It
// then stops the server and removes the folder. Nothing remains, whether the tests end, panic or
// are killed.
//
// Standby adds a synchronous standby to a cluster, and Bouncer starts a PgBouncer in front of it.
//
// StartPatroni starts three nodes under Patroni, with etcd and HAProxy. Methods of the cluster
// kill, freeze and cut off a node. They find its processes by their working directory, which takes
// Linux.
//
// Tests and package bench import it.
package postgrestest
