package once_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// While the journal fails, no error says that nothing was sent for a request_id that was sent
// before.
func TestOutageDoesNotDenyAnEarlierSend(t *testing.T) {
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
			t.Errorf("message %q at stage %s for a creation that was sent", failure.Message, failure.Stage)
		}
		r = request("c2")
		f.succeeds(r)
		bad.fail(down)
		_, err = f.create(r, time.Second)
		bad.fail(nil)
		failure = f.fails(err, enlistv1.ErrorReason_JOURNAL_UNAVAILABLE)
		if strings.Contains(failure.Message, "Enlist sent nothing") {
			t.Errorf("message %q for a creation that has succeeded", failure.Message)
		}
	})
}

// A step of the wall clock does not make a look-up count before the vendor must show the customer.
func TestClockStepsBetweenTwoCreations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(byKey, time.Hour)
		v.looksFirst = true
		// The journal's clock is two hours behind. Or this process's clock was set forward.
		f := start(t, v, func(f *fixture) { f.clock = func() time.Time { return time.Now().Add(-2 * time.Hour) } })
		v.then(send{acts: true, lag: time.Hour})
		f.succeeds(request("c1"))
		if _, err := f.create(request("c1"), soon); err == nil {
			t.Error("the second creation was sent")
		}
		f.holds(1, 1)
	})
}
