package once_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// classes returns the classes of vendors that offer a look-up.
func classes() map[string]enlistv1.DuplicateSafetyClass {
	return map[string]enlistv1.DuplicateSafetyClass{"enforced": enforced, "by key": byKey, "by match": byMatch}
}

func refusedCredentials() error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, Message: "refused", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
	}
}

// doubted returns a refusal that a look-up must confirm.
func doubted(confirm providers.Confirmation) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Message: "rejected", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Confirm: confirm,
	}
}

// A proxy may say that nothing was done of a request that it has forwarded. Nothing more is sent
// before a look-up.
func TestNothingDoneNeedsALookup(t *testing.T) {
	t.Parallel()
	for name, class := range classes() {
		for response, err := range map[string]error{
			"rate limit": limitedError(100 * time.Millisecond), "credentials": refusedCredentials(),
			"unavailable": &providers.Error{
				Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE, Message: "x", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, RetryAfter: 100 * time.Millisecond,
			},
		} {
			t.Run(name+", "+response, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f := start(t, newVendor(class, 200*time.Millisecond).then(send{acts: true, err: err}))
					r := request("c1")
					_, _ = f.create(r, soon)
					f.succeeds(r)
					f.holds(1, 1)

					f.vendor.then(send{err: err}) // and it is true this time
					r = request("c2")
					_, _ = f.create(r, soon)
					f.succeeds(r)
					f.holds(3, 2)
				})
			})
		}
	}
}

// Nothing is sent again to a vendor that offers no look-up, whatever its response said.
func TestNothingIsSentAgainWithoutALookup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(noneClass, 100*time.Millisecond).then(send{acts: true, err: limitedError(100 * time.Millisecond)})
		v.breakLookups(&providers.Error{Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED, Message: "cannot be asked"})
		f := start(t, v)
		r := request("c1")
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.inState(r, needsPerson)
		_, err = f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.holds(1, 1)
	})
}

// After CUSTOMER_EXISTS the customer may be ours, made by a copy of the same request.
func TestExistsIsOurs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(enforced, 200*time.Millisecond)
		f := start(t, v.then(send{acts: true, err: v.description.CustomerExists(nil)}))
		r := request("c1")
		response, err := f.create(r, soon)
		if err != nil || response.GetReplayed() || response.GetCustomer().GetId() != "c1" {
			t.Fatalf("%v, %v", response, err)
		}
		f.inState(r, succeeded)
		f.holds(1, 1)
	})
}

// A refusal that one look-up must confirm is settled for the same caller: as a refusal if the
// vendor has no customer, as a success if the customer is ours.
func TestRefusalIsConfirmed(t *testing.T) {
	t.Parallel()
	for name, class := range classes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(class, time.Hour).then(send{err: doubted(providers.ConfirmByLookup)}))
				r := request("c1")
				for range 2 {
					_, err := f.create(r, soon)
					f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
				}
				f.inState(r, failed)
				f.holds(1, 0)

				f.vendor.then(send{acts: true, err: doubted(providers.ConfirmByLookup)})
				f.succeeds(request("c2"))
				f.holds(2, 1)
			})
		})
	}
	t.Run("no look-up", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(noneClass, time.Hour).then(send{err: doubted(providers.ConfirmByLookup)}))
			f.vendor.breakLookups(&providers.Error{Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED, Message: "cannot be asked"})
			_, err := f.create(request("c1"), soon)
			f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		})
	})
}

// A refusal that an earlier copy may have caused counts only after the vendor's lag.
func TestRefusalAfterTheLag(t *testing.T) {
	t.Parallel()
	for name, class := range classes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const lag = 600 * time.Millisecond
				f := start(t, newVendor(class, lag).then(send{err: doubted(providers.ConfirmAfterLag)}))
				r, began := request("c1"), time.Now()
				_, err := f.create(r, soon)
				f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
				if time.Since(began) < lag {
					t.Errorf("final after %s", time.Since(began))
				}
				f.inState(r, failed)

				f.vendor.then(send{acts: true, lag: lag / 2, err: doubted(providers.ConfirmAfterLag)})
				f.succeeds(request("c2"))
				f.holds(2, 1)
			})
		})
	}
}

// An update is sent at once if its look-up shows the customer, even if another creation has just
// made it.
func TestUpdateOfWhatWasJustMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(enforced, time.Hour)
		v.looksFirst, v.updates = true, true
		f := start(t, v)
		f.succeeds(request("c1"))
		update := request("c1")
		update.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
		v.then(send{}) // the vendor merges it
		f.succeeds(update)
		f.holds(2, 1)

		v.mu.Lock()
		v.customers[0].visible = time.Now().Add(time.Hour) // the vendor may show it later
		v.mu.Unlock()
		hidden := request("c1")
		hidden.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
		_, err := f.create(hidden, soon)
		f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS)
		f.holds(2, 1)
	})
}

// A look-up that shows the customer proves an update, unless an earlier attempt of the same
// creation may have made that customer.
func TestUpdateOrCreation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			there   bool
			outcome enlistv1.Outcome
		}{
			"the customer was there": {true, enlistv1.Outcome_OUTCOME_UPDATED},
			"an attempt is open":     {false, enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED},
		} {
			v := newVendor(enforced, 20*time.Millisecond)
			v.looksFirst, v.updates = true, true
			f := start(t, v)
			update := request("c1")
			update.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
			if test.there {
				f.succeeds(request("c1"))
			} else {
				f.becomesUnknown(update, send{acts: true, lag: time.Hour})
				time.Sleep(600 * time.Millisecond)             // the pause before the next send
				v.whenSeen(func(context.Context) { v.show() }) // after the look-up, and before the look-up of the send
			}
			v.then(send{})
			if response := f.succeeds(update); response.GetOutcome() != test.outcome {
				t.Errorf("%s: %s", name, response.GetOutcome())
			}
			f.holds(2, 1)
		}
	})
}

// The breaker counts a creation once, however often it is sent.
func TestOneCreationIsCountedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 200*time.Millisecond).then(send{err: unknownError()}, send{err: unknownError()}), reconciling)
		r := request("c1")
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		f.comesTo(r, succeeded)
		f.vendor.mu.Lock()
		defer f.vendor.mu.Unlock()
		if want := []bool{false, true, true}; !slices.Equal(f.vendor.counted, want) {
			t.Errorf("counted before: %v, want %v", f.vendor.counted, want)
		}
	})
}

// A customer that the vendor says it made, without a proof of which one, is found or goes to a
// person. It is never sent again.
func TestCustomerThatTheVendorSaysItMade(t *testing.T) {
	t.Parallel()
	said := unknownError()
	said.(*providers.Error).Confirm = providers.ConfirmByCustomer //nolint:forcetypeassert,errorlint // made above
	for name, class := range classes() {
		for fate, test := range map[string]struct {
			how  send
			want enlistv1.OperationState
		}{
			"shown":      {send{acts: true, err: said}, succeeded},
			"shown late": {send{acts: true, lag: 200 * time.Millisecond, err: said}, succeeded},
			"not shown":  {send{err: said}, needsPerson},
		} {
			t.Run(name+", "+fate, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f := start(t, newVendor(class, 400*time.Millisecond).then(test.how), reconciling)
					r := request("c1")
					for range 3 {
						_, _ = f.create(r, soon)
					}
					f.comesTo(r, test.want)
					sends, _, _ := f.vendor.counts()
					if sends != 1 {
						t.Errorf("%d sends", sends)
					}
				})
			})
		}
	}
}

// If the vendor stores keys in another form, a look-up under the requested key may not show the
// customer of another creation, also after Enlist has erased that one.
func TestKeyThatTheVendorRenames(t *testing.T) {
	t.Parallel()
	for name, erase := range map[string]bool{"held": false, "erased": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keyThatTheVendorRenames(t, erase)
		})
	}
}

func keyThatTheVendorRenames(t *testing.T, erase bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(enforced, 100*time.Millisecond)
		v.looksFirst, v.folds = true, true
		f := start(t, v)
		made := request("c1")
		f.succeeds(made)
		if erase {
			f.erases(f.named(made), false, 1, 1)
		}
		time.Sleep(200 * time.Millisecond) // the vendor's lag
		r := request("c1")
		_, err := f.create(r, soon)
		if failure := f.fails(err, enlistv1.ErrorReason_CUSTOMER_EXISTS); failure.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
			t.Errorf("stage %s", failure.Stage)
		}
		f.inState(r, failed)
		f.succeeds(request("c2"))
		update := request("c1")
		update.OnExisting = enlistv1.OnExisting_ON_EXISTING_UPDATE
		f.succeeds(update)
		f.holds(3, 3)
	})
}
