package once_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
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
		if _, err := f.journal.Purge(context.Background(), once.DefaultRetention, 100); err != nil {
			t.Fatal(err)
		}
		f.succeeds(r) // two minutes after it has succeeded
		f.holds(1, 1)
	})
}
