package once_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A look-up that is cut off settles nothing, even if it has a response. Objects beside the customer
// (free properties at Sell&Sign) may be missing, and would be lost for good.
func TestLookupThatIsCutOffSettlesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(enforced, time.Hour)
		f := start(t, v)
		r := request("c1")
		f.becomesUnknown(r, send{acts: true})
		v.whenSeen(func(ctx context.Context) { <-ctx.Done() })
		if _, err := f.create(r, 300*time.Millisecond); err == nil {
			t.Error("settled by a look-up that was cut off")
		}
		f.comesTo(r, unknown)
		v.whenSeen(nil)
		f.succeeds(r)
		f.holds(1, 1)
	})
}
