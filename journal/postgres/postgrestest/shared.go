package postgrestest

import (
	"errors"
	"os"
	"sync"
	"testing"
)

// shared is the cluster of a test binary, because a start takes seconds. TestMain and tests can
// share it only as a global.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Run runs the tests and returns the exit code. It stops the shared cluster if a test has started
// it.
func Run(m *testing.M) int {
	defer func() {
		if shared.cluster != nil {
			shared.cluster.Stop()
		}
	}()
	return m.Run()
}

// Shared returns the cluster that all tests of a binary share. The first test starts it. Only
// packages that go through Run can use it. Tests that restart or stop their server call Start.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	shared.once.Do(func() { shared.cluster, shared.err = Open() })
	check(t, shared.err)
	return shared.cluster
}

// Start starts a cluster. The cluster stops when the test ends.
func Start(t testing.TB) *Cluster {
	t.Helper()
	cluster, err := Open()
	check(t, err)
	t.Cleanup(cluster.Stop)
	return cluster
}

func check(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case (errors.Is(err, errMissing) || errors.Is(err, errNoBouncer) || errors.Is(err, errNoPatroni)) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}
