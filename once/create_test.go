package once_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers"
)

// sending starts a creation whose send waits until the returned gate is closed.
func (f *fixture) sending(r *enlistv1.CreateCustomerRequest) (gate chan struct{}, ended <-chan error) {
	f.t.Helper()
	gate = make(chan struct{})
	before, _, _ := f.vendor.counts()
	f.vendor.then(send{acts: true, gate: gate})
	end := make(chan error, 1)
	go func() {
		_, err := f.create(r, soon)
		end <- err
	}()
	testkit.Eventually(f.t, "it is sent", func() bool { sends, _, _ := f.vendor.counts(); return sends == before+1 })
	return gate, end
}

// Many callers with one request_id cause one send.
func TestJoin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second))
		r, gate := request("c1"), make(chan struct{})
		f.vendor.then(send{acts: true, gate: gate})
		var callers sync.WaitGroup
		var mu sync.Mutex
		replays := 0
		for range 50 {
			callers.Go(func() {
				response, err := f.create(r, soon)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || response.GetCustomer().GetId() != "c1" || response.GetRequestId() != r.GetRequestId() {
					t.Errorf("%v, %v", response, err)
				}
				if response.GetReplayed() {
					replays++
				}
			})
		}
		time.AfterFunc(200*time.Millisecond, func() { close(gate) })
		callers.Wait()
		if replays != 49 {
			t.Errorf("%d of 50 were replays", replays)
		}
		f.holds(1, 1)
	})
}

// A caller who joins with a short deadline gets a response before it.
func TestJoinWithAShortDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second))
		r := request("c1")
		gate, ended := f.sending(r)
		err := f.createInASecond(r)
		if f.fails(err, enlistv1.ErrorReason_REQUEST_IN_PROGRESS).RetryAfter == 0 {
			t.Error("the error has no RetryAfter")
		}
		close(gate)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A caller who leaves after bytes may have left gets OUTCOME_UNKNOWN in time. The journal gets the
// outcome.
func TestCallerLeavesWhileSending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second))
		for name, leave := range map[string]func() (context.Context, context.CancelFunc){
			"deadline": func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(context.Background(), time.Second)
			},
			"cancelled": func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(context.Background())
				time.AfterFunc(time.Second, cancel)
				return ctx, cancel
			},
		} {
			r, gate := request(name), make(chan struct{})
			f.vendor.then(send{acts: true, gate: gate})
			ctx, cancel := leave()
			_, err := f.Create(ctx, "", proto.CloneOf(r))
			cancel()
			if stage := f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN).Stage; stage != enlistv1.SendStage_SEND_STAGE_SENT {
				t.Errorf("stage %s", stage)
			}
			f.inState(r, intent)
			close(gate)
			f.comesTo(r, succeeded)
			if !f.succeeds(r).GetReplayed() {
				t.Error("it was sent again")
			}
		}
		f.holds(2, 2)
	})
}

// A caller who leaves before the first byte ends the send.
func TestCallerLeavesBeforeSending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second))
		r := request("c1")
		ctx, cancel := context.WithCancel(context.Background())
		f.vendor.then(send{ready: func(ctx context.Context) {
			cancel()
			<-ctx.Done()
		}})
		_, err := f.Create(ctx, "", proto.CloneOf(r))
		if stage := f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE).Stage; stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
			t.Errorf("stage %s", stage)
		}
		f.comesTo(r, notSent)
		f.holds(0, 0)
		f.succeeds(r)
		f.holds(1, 1)
	})
}

// A send of which no byte left is repeated, up to four attempts.
func TestNotSentIsRepeated(t *testing.T) {
	t.Parallel()
	unreached := send{before: notSentError()}
	t.Run("until it works", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(byKey, time.Second).then(unreached, unreached, unreached))
			f.succeeds(request("c1"))
			f.holds(1, 1)
		})
	})
	t.Run("no more than that", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(byKey, time.Second).then(unreached, unreached, unreached, unreached, unreached))
			r := request("c1")
			_, err := f.create(r, soon)
			f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
			f.inState(r, notSent)
			if left := f.vendor.left(); left != 1 {
				t.Errorf("%d attempts", 5-left)
			}
		})
	})
	t.Run("while there is time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(byKey, time.Second).then(unreached, unreached, unreached, unreached))
			r, began := request("c1"), time.Now()
			err := f.createInASecond(r)
			f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
			f.inState(r, notSent)
			if f.vendor.left() == 0 {
				t.Errorf("four attempts in %s", time.Since(began))
			}
		})
	})
}

// An open circuit breaker is reported at once, however long the caller could wait. Waiting callers
// would otherwise use up limits.max_calls while a vendor is down.
func TestOpenBreakerIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second).then(send{before: breakerError(20 * time.Second)}))
		r, began := request("c1"), time.Now()
		_, err := f.create(r, time.Minute)
		if after := f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE).RetryAfter; after != 20*time.Second || time.Since(began) > after {
			t.Errorf("after %s: retry after %s", time.Since(began), after)
		}
		f.inState(r, notSent)
		f.succeeds(r)
		f.holds(1, 1)
	})
}

// Enlist obeys the vendor's RetryAfter if the caller can wait that long, and returns it to the
// caller otherwise.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second).then(send{err: limitedError(300 * time.Millisecond)}))
		began := time.Now()
		f.succeeds(request("c1"))
		if took := time.Since(began); took < 300*time.Millisecond {
			t.Errorf("sent again after %s", took)
		}
		f.vendor.then(send{err: limitedError(time.Hour)})
		r := request("c2")
		_, err := f.create(r, soon)
		if after := f.fails(err, enlistv1.ErrorReason_VENDOR_RATE_LIMITED).RetryAfter; after != time.Hour {
			t.Errorf("retry after %s", after)
		}
		f.inState(r, unknown) // a proxy may send this error for a request that it has forwarded
		f.succeeds(r)
		f.holds(4, 2)
	})
}

// Each reason gives the creation its state. A response that only says that nothing was done proves
// nothing. A look-up must permit the next send under the same request_id.
func TestReasons(t *testing.T) {
	t.Parallel()
	for reason, want := range map[enlistv1.ErrorReason]enlistv1.OperationState{
		enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED: unknown,
		enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID:     unknown,
		enlistv1.ErrorReason_OVERLOADED:                  unknown,
		enlistv1.ErrorReason_VENDOR_RATE_LIMITED:         unknown,
		enlistv1.ErrorReason_INTERNAL_ERROR:              unknown,
		enlistv1.ErrorReason_CUSTOMER_EXISTS:             failed,
		enlistv1.ErrorReason_VENDOR_REJECTED:             failed,
		enlistv1.ErrorReason_OUTCOME_UNKNOWN:             unknown,
	} {
		t.Run(reason.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(enforced, 10*time.Millisecond))
				f.vendor.then(send{err: &providers.Error{Reason: reason, Message: "x", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED}})
				r, there := request("c1"), 0
				if reason == enlistv1.ErrorReason_CUSTOMER_EXISTS {
					f.vendor.put("c1", "another's")
					there++
				}
				_, err := f.create(r, soon)
				f.fails(err, reason)
				f.inState(r, want)
				_, err = f.create(r, soon)
				if want == failed {
					f.fails(err, reason)
					f.holds(1, there)
					return
				}
				if err != nil {
					t.Error(err)
				}
				f.holds(2, 1)
			})
		})
	}
}

// Close waits for an attempt in progress. It cuts off one that takes too long and records the
// outcome as UNKNOWN.
func TestClose(t *testing.T) {
	t.Parallel()
	for name, patience := range map[string]time.Duration{"waits": soon, "cuts off": 200 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(byKey, 200*time.Millisecond))
				r := request("c1")
				gate, ended := f.sending(r)
				want := unknown
				if name == "waits" {
					want = succeeded
					time.AfterFunc(300*time.Millisecond, func() { close(gate) })
				}
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				f.Close(ctx)
				f.inState(r, want)
				if err := <-ended; (err == nil) != (want == succeeded) {
					t.Error(err)
				}
			})
		})
	}
}
