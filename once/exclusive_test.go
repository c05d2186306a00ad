package once_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Two creations for one customer are never sent at the same time, however its id is written and
// whichever principal asks.
func TestOneCreationForACustomerAtATime(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]struct{ id, principal string }{
		"same id": {"Customer-É", ""}, "in another case": {"CUSTOMER-é", ""}, "composed otherwise": {"Customer-E\u0301", ""},
		"another principal": {"Customer-É", "somebody"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(byKey, time.Second))
				gate, ended := f.sending(request("Customer-É"))
				var waits sync.WaitGroup
				waits.Go(func() {
					ctx, cancel := context.WithTimeout(context.Background(), soon)
					defer cancel()
					if _, err := f.Create(ctx, second.principal, request(second.id)); err != nil {
						t.Error(err)
					}
				})
				time.Sleep(300 * time.Millisecond)
				f.holds(1, 1) // the second waits
				close(gate)
				waits.Wait()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				f.holds(2, 2)
			})
		})
	}
}

// A caller who cannot wait learns that nothing was sent. Nothing stays open.
func TestBusyCustomer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second))
		gate, ended := f.sending(request("c1"))
		r := request("c1")
		err := f.createInASecond(r)
		busy := f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS)
		if busy.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || busy.RetryAfter == 0 {
			t.Errorf("stage %s, retry after %s", busy.Stage, busy.RetryAfter)
		}
		f.hasNone(r)
		close(gate)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		f.succeeds(r)
	})
}

// This is also true for a creation that is restarted.
func TestBusyCustomerOfARestartedCreation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second))
		r := request("c1")
		f.vendor.then(send{before: rejectedCredentials()})
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED)
		gate, ended := f.sending(request("c1"))
		_, err = f.create(r, 3*time.Second)
		f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS)
		f.inState(r, notSent)
		time.AfterFunc(300*time.Millisecond, func() { close(gate) })
		f.succeeds(r)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		f.holds(2, 2)
	})
}

// The next creation for the same customer settles an unknown outcome, and then goes on.
func TestNextCreationSettlesTheFirst(t *testing.T) {
	t.Parallel()
	for class, want := range map[enlistv1.DuplicateSafetyClass]enlistv1.ErrorReason{
		enforced: enlistv1.ErrorReason_CUSTOMER_EXISTS, byKey: enlistv1.ErrorReason_CUSTOMER_EXISTS,
	} {
		t.Run(class.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(class, 300*time.Millisecond)
				v.looksFirst = class == byKey
				f := start(t, v)
				first := request("c1")
				f.becomesUnknown(first, send{acts: true, lag: 100 * time.Millisecond})
				_, err := f.create(request("c1"), soon)
				f.fails(err, want)
				f.inState(first, succeeded)
				if _, customers, _ := v.counts(); customers != 1 {
					t.Errorf("%d customers", customers)
				}
			})
		})
	}
}
