package postgrestest

import (
	"errors"
	"os"
	"sync"
	"testing"
)

// shared is the cluster of a test binary, as starting one takes seconds. TestMain and tests have nothing but a global in common.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Run runs the tests, stops the shared cluster if a test has started it, and returns the exit code.
func Run(m *testing.M) int {
	defer func() {
		if shared.cluster != nil {
			shared.cluster.Stop()
		}
	}()
	return m.Run()
}

// Shared returns the cluster that all tests of a binary share, started by the first. Only for packages that go through Run. Tests that
// restart or stop their server Start their own.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	shared.once.Do(func() { shared.cluster, shared.err = Open() })
	check(t, shared.err)
	return shared.cluster
}

// Start starts a cluster that stops with the test.
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
	case errors.Is(err, errMissing) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}
