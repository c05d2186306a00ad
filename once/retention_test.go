package once_test

import (
	"context"
	"database/sql"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
)

// The retention of a restarted creation begins with its latest change, and not with its first
// intent.
func TestRestartedJustBeforeItsRetentionEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		offset := time.Duration(0)
		unreached := send{before: notSentError()}
		v := newVendor(byMatch, time.Second).then(unreached, unreached, unreached, unreached)
		f := start(t, v, func(f *fixture) { f.clock = func() time.Time { return time.Now().Add(offset) } })
		r := request("c1")
		_, err := f.create(r, 10*time.Second)
		f.fails(err, enlistv1.ErrorReason_VENDOR_UNAVAILABLE)
		offset = once.DefaultRetention - time.Minute
		f.succeeds(r)
		offset = once.DefaultRetention + time.Minute
		age := journal.Retention{Payload: once.DefaultRetention, Outcome: once.DefaultRetention}
		if _, _, err := f.journal.Purge(context.Background(), "v", age.Before(f.clock()), 100); err != nil {
			t.Fatal(err)
		}
		f.succeeds(r) // two minutes after it has succeeded
		f.holds(1, 1)
	})
}

// After the payload has gone, a repeat still gets the outcome, and hears what is no longer held.
func TestPayloadIsDroppedFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(enforced, time.Second).then(send{acts: true}, send{err: rejectedError()})
		f := start(t, v)
		created, refused := request("c1"), request("c2")
		f.succeeds(created)
		_, err := f.create(refused, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		f.dropPayloads()

		response := f.succeeds(created)
		if !response.GetReplayed() || response.GetCustomer().GetId() != "c1" || response.GetOutcome() != enlistv1.Outcome_OUTCOME_CREATED ||
			response.GetRequestId() != created.GetRequestId() {
			t.Errorf("replayed %v", response)
		}
		if warnings := response.GetWarnings(); len(warnings) != 1 || warnings[0].GetCode() != enlistv1.WarningCode_WARNING_CODE_NO_LONGER_HELD {
			t.Errorf("warnings %v", warnings)
		}
		_, err = f.create(refused, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		other := proto.CloneOf(created)
		other.Customer.DisplayName = "another"
		_, err = f.create(other, soon)
		f.fails(err, enlistv1.ErrorReason_REQUEST_ID_REUSED)
		if len(f.record(created).Payload.GetTries()) > 0 {
			t.Error("the tries are still there")
		}
		if drift, err := f.Drift(context.Background(), "p", true, "v", &enlistv1.Customer{Id: "c1"}); drift != nil || err != nil {
			t.Errorf("compared with nothing: %v, %v", drift, err)
		}
		f.holds(2, 1)
	})
}

// A creation that was not sent starts again after its payload has gone, and has a payload again.
func TestRestartWithoutPayload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, time.Second).then(send{before: rejectedCredentials()}))
		r := request("c1")
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED)
		f.dropPayloads()
		f.becomesUnknown(r, send{acts: true})
		if record := f.record(r); record.PayloadDropped || record.Payload.GetRequest().GetCustomer().GetId() != "c1" {
			t.Errorf("payload %v", record.Payload)
		}
		f.succeeds(r)
		f.holds(1, 1)
	})
}

// dropPayloads drops the payload of every ended record.
func (f *fixture) dropPayloads() {
	f.t.Helper()
	age := journal.Retention{Payload: -time.Hour, Outcome: time.Hour}
	if dropped, _, err := f.journal.Purge(context.Background(), "v", age.Before(time.Now()), 100); dropped == 0 || err != nil {
		f.t.Fatalf("dropped %d, %v", dropped, err)
	}
}

// An erased creation is never sent again.
func TestErasedIsNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Second))
		r := request("c1")
		f.succeeds(r)
		record := f.record(r)
		record.State, record.Payload = enlistv1.OperationState_OPERATION_STATE_ERASED, &journalv1.Payload{}
		if err := f.journal.Update(context.Background(), record, -1); err != nil {
			t.Fatal(err)
		}
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_OPERATION_ERASED)
		_, err = f.resolve(r, enlistv1.Decision_DECISION_FAILED, "")
		f.atFault(err, "request_id")
		f.holds(1, 1)
	})
}

// While the clock is wrong by any amount, for hours and across restarts, no record is deleted
// early. Afterwards records are deleted on time.
func TestClockJumpsPastTheRetention(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{401 * 24 * time.Hour, 50 * 365 * 24 * time.Hour, -401 * 24 * time.Hour, 13 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var offset atomic.Int64
				f := start(t, newVendor(byMatch, time.Second), func(f *fixture) {
					f.options.Retention.Outcome = 12 * time.Hour
					f.clock = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
				})
				r := request("c1")
				f.succeeds(r)
				time.Sleep(90 * time.Second) // housekeeping
				offset.Store(int64(jump))
				time.Sleep(time.Hour)
				f.restart()
				time.Sleep(30 * time.Minute)
				f.restartWith(func() { offset.Store(0) })
				time.Sleep(30 * time.Minute)
				offset.Store(int64(jump))
				time.Sleep(30 * time.Minute)
				offset.Store(0)
				time.Sleep(time.Hour)
				f.succeeds(r)
				f.holds(1, 1)
				time.Sleep(12 * time.Hour)
				f.hasNone(r)
			})
		})
	}
}

// A process may start for the first time while the clock is wrong, on a journal without a slow
// clock.
func TestFirstStartWithAWrongClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var offset atomic.Int64
		f := start(t, newVendor(byMatch, time.Second), func(f *fixture) {
			f.clock = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
		})
		r := request("c1")
		f.succeeds(r)
		f.restartWith(func() {
			forgetSlowClock(t, f.path)
			offset.Store(int64(401 * 24 * time.Hour))
		})
		time.Sleep(time.Hour)
		offset.Store(0)
		f.succeeds(r)
		f.holds(1, 1)
	})
}

func forgetSlowClock(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`DELETE FROM secrets WHERE name = 'slow_clock'`); err != nil {
		t.Fatal(err)
	}
}

// A shorter retention applies at once.
func TestRetentionIsShortened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byMatch, time.Second))
		r := request("c1")
		f.succeeds(r)
		time.Sleep(3 * time.Hour)
		f.restartWith(func() { f.options.Retention.Outcome = time.Hour })
		time.Sleep(30 * time.Minute) // the journal keeps a slow clock that is up to an hour old
		f.hasNone(r)
	})
}
