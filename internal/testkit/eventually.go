package testkit

import (
	"testing"
	"time"
)

// Eventually waits until a condition holds, for 20 seconds at most. On the fake clock of synctest
// each pause lasts until nothing else can happen.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("not within 20 seconds: %s", what)
}
