package once_test

import (
	"sync"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers"
)

// A creation in progress ends with the provider that it began with. The next one uses the next
// provider.
func TestReconfigure(t *testing.T) {
	earlier := newVendor(enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY, 0)
	gate := make(chan struct{})
	earlier.then(send{acts: true, gate: gate})
	f := start(t, earlier)
	var calling sync.WaitGroup
	calling.Go(func() {
		if _, err := f.create(request("K-1"), 10*time.Second); err != nil {
			t.Errorf("the first call: %v", err)
		}
	})
	testkit.Eventually(t, "the request is at the vendor", func() bool {
		earlier.mu.Lock()
		defer earlier.mu.Unlock()
		return earlier.sends == 1
	})
	later := newVendor(enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_NONE, time.Hour)
	f.Reconfigure(map[string]providers.Provider{"v": later}, f.options)
	close(gate)
	calling.Wait()
	if len(later.customers) != 0 {
		t.Error("the creation went on at the next provider")
	}
	if _, err := f.create(request("K-2"), 10*time.Second); err != nil || len(later.customers) != 1 || len(earlier.customers) != 1 {
		t.Errorf("the next call: %v", err)
	}
	f.Reconfigure(nil, f.options)
	if _, err := f.create(request("K-3"), 10*time.Second); !providers.IsReason(err, enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED) {
		t.Errorf("without a provider: %v", err)
	}
}
