package once_test

import (
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A vendor with a lag may not show the customer of the first creation to the look-up of a second
// one. The journal prevents the second send.
func TestLookupDoesNotCountDuringTheLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(byKey, time.Second).then(send{acts: true, lag: 300 * time.Millisecond})
		v.looksFirst = true
		f := start(t, v)
		first, second := request("c"), request("c")
		if _, err := f.create(first, 5*time.Second); err != nil {
			t.Fatal(err)
		}
		_, err := f.create(second, 5*time.Second)
		f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS)
		f.inState(second, enlistv1.OperationState_OPERATION_STATE_NOT_SENT)
		f.holds(1, 1)
		time.Sleep(400 * time.Millisecond)
		_, err = f.create(second, 5*time.Second)
		f.fails(err, enlistv1.ErrorReason_CUSTOMER_EXISTS)
		f.inState(second, enlistv1.OperationState_OPERATION_STATE_FAILED)
		f.holds(1, 1)
	})
}

// The next process has not seen the first creation, and the journal still prevents the second send.
func TestLookupDoesNotCountDuringTheLagAfterARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(byKey, time.Second).then(send{acts: true, lag: 500 * time.Millisecond})
		v.looksFirst = true
		f := start(t, v)
		f.succeeds(request("c"))
		f.restart()
		second := request("c")
		_, err := f.create(second, soon)
		f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS)
		f.inState(second, notSent)
		f.holds(1, 1)
	})
}
