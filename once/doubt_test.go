package once_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// While the journal is away nobody can say that nothing was sent for a request_id whose first call was.
func TestNothingWasSentAfterItWas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bad := &badStore{}
		f := start(t, newVendor(byMatch, time.Hour), failing(bad))
		r := request("c1")
		f.becomesUnknown(r, send{acts: true})
		bad.fail(down)
		_, err := f.create(r, time.Second)
		bad.fail(nil)
		failure := f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
		if strings.Contains(failure.Message, "Enlist sent nothing") || failure.Stage == enlistv1.SendStage_SEND_STAGE_NOT_SENT {
			t.Errorf("told %q at stage %s of a create that was sent", failure.Message, failure.Stage)
		}
		r = request("c2")
		f.succeeds(r)
		bad.fail(down)
		_, err = f.create(r, time.Second)
		bad.fail(nil)
		failure = f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
		if strings.Contains(failure.Message, "Enlist sent nothing") {
			t.Errorf("told %q of a create that has succeeded", failure.Message)
		}
	})
}

// A step of the wall clock does not make a look believed that the vendor could not yet have shown the truth in.
func TestClockStepsBetweenTwoCreates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(byKey, time.Hour)
		v.looksFirst = true
		// the database server's clock (or this one, since set forward) is two hours behind
		f := start(t, v, func(f *fixture) { f.clock = func() time.Time { return time.Now().Add(-2 * time.Hour) } })
		v.then(send{acts: true, lag: time.Hour})
		f.succeeds(request("c1"))
		if _, err := f.create(request("c1"), soon); err == nil {
			t.Error("the second create was let go")
		}
		f.holds(1, 1)
	})
}
