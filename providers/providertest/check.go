package providertest

import (
	"testing"
	"time"
)

// check: Check accepts valid credentials with one request besides a login, creates nothing, and
// reports invalid credentials.
func check(t *testing.T, f *fixture) {
	if err := f.provider.Check(t.Context()); err != nil {
		t.Error(err)
	}
	f.mu.Lock()
	calls := len(f.calls)
	f.mu.Unlock()
	if calls != 1 || len(f.records()) != 0 {
		t.Errorf("it took %d calls, and the vendor holds %v", calls, f.records())
	}
	f.use(f.harness.NewRefused(f.server.URL))
	f.fails(f.provider.Check(t.Context()), credentials)
}

// checkFails: any response that is not the vendor's own fails the check, with the reason of a read.
func checkFails(t *testing.T, f *fixture) {
	for name, answer := range answers() {
		if name == "larger than the limit" {
			continue // takes long
		}
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, f.harness)
			f.answerReads(answer.handler)
			err := f.provider.Check(t.Context())
			if _, believed := f.harness.Excluded["check: "+name]; believed {
				if err != nil {
					t.Errorf("excluded, and yet: %v", err)
				}
				return
			}
			f.fails(err, answer.read)
		})
	}
	f.use(f.harness.New(f.server.URL, 200*time.Millisecond))
	f.fault("*", "latency", time.Second)
	f.fails(f.provider.Check(t.Context()), unavailable)
	f.server.Close()
	f.fails(f.provider.Check(t.Context()), unavailable)
}
