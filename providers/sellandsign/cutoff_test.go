package sellandsign_test

import (
	"context"
	"net/http"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

// A creation that is interrupted while it sets free properties is not finished. As a recorded
// success, it would never get them.
func TestPropertiesThatAreCutOff(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	v := newVendor(t, answers{
		"getCustomer": providertest.Respond(200, "null"), "selectOrCreateCustomer": providertest.Respond(200, record("C", 1000, 1000)),
		"getCustomerPropertyListFor": func(_ http.ResponseWriter, r *http.Request) {
			stop()
			<-r.Context().Done()
		},
	})
	request := small(t, "C")
	request.Customer.Properties = map[string]string{"segment": "gold"}
	if response, err := providertest.Create(ctx, v, request); !providers.IsReason(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN) {
		t.Errorf("%v, %v", response, err)
	}
}
