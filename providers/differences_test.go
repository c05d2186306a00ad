package providers_test

import (
	"slices"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// A person sees the requested id beside one that is only nearly equal.
func TestNearIDDiffers(t *testing.T) {
	t.Parallel()
	description := &providers.Description{}
	for found, want := range map[string][]providers.Difference{"c1": nil, "C1": {{Path: "customer.id", Requested: "c1", Found: "C1"}}} {
		got := description.Differences(&providers.Candidate{
			Near: found != "c1", Requested: &enlistv1.Customer{Id: "c1"}, Found: &enlistv1.Customer{Id: found},
		})
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", found, got, want)
		}
	}
}
