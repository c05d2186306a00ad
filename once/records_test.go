package once_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"google.golang.org/protobuf/types/known/structpb"
)

// The record keeps each request to the vendor with its number and times, within the times of the
// creation.
func TestTries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, 200*time.Millisecond))
		r := request("c1")
		f.becomesUnknown(r, send{})
		f.succeeds(r)
		record := f.inState(r, succeeded)
		made := record.Payload.GetTries()
		if len(made) != 2 {
			t.Fatalf("%d tries, want 2", len(made))
		}
		for i, try := range made {
			if try.GetNumber() != int32(i+1) || try.GetKind() != enlistv1.TryKind_TRY_KIND_SEND {
				t.Errorf("try %d has number %d and kind %s", i+1, try.GetNumber(), try.GetKind())
			}
			from, until := try.GetStartTime().AsTime(), try.GetEndTime().AsTime()
			if from.Before(record.Created.Truncate(time.Microsecond)) || until.Before(from) || until.After(record.Updated.Add(time.Millisecond)) {
				t.Errorf("try %d from %s until %s, of a creation from %s until %s", i+1, from, until, record.Created, record.Updated)
			}
		}
		if made[0].GetStage() != enlistv1.SendStage_SEND_STAGE_SENT || made[1].GetStage() != enlistv1.SendStage_SEND_STAGE_ANSWERED {
			t.Errorf("stages %s, %s", made[0].GetStage(), made[1].GetStage())
		}
	})
}

// A large body is cut between two characters, because half a character could not be recorded.
func TestLargeBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, start0 := range []string{"", "x"} {
			f := start(t, newVendor(enforced, time.Millisecond))
			r := request("c1")
			f.vendor.then(send{acts: true, body: start0 + strings.Repeat("é", 40_000)})
			f.succeeds(r)
			if length := len(f.inState(r, succeeded).Payload.GetTries()[0].GetRequest().GetBody()); length > 65<<10 {
				t.Errorf("%d bytes are kept", length)
			}
		}
	})
}

// Text of the vendor that is not UTF-8 is recorded.
func TestVendorsTextIsNotUTF8(t *testing.T) {
	t.Parallel()
	const latin1 = "Caf\xe9"
	refusal := func() error {
		return &providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Message: "rejected: " + latin1, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
			Vendor: &enlistv1.VendorError{HttpStatus: 400, Messages: []*enlistv1.VendorMessage{{Code: latin1, Message: latin1}}},
		}
	}
	t.Run("a refusal", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(enforced, time.Millisecond))
			r := request("c1")
			f.vendor.then(send{err: refusal()})
			_, err := f.create(r, soon)
			f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
			f.comesTo(r, failed)
			_, err = f.create(r, soon)
			if replayed := f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED); !strings.HasPrefix(replayed.Vendor.GetMessages()[0].GetMessage(), "Caf") {
				t.Errorf("the replay says %q", replayed.Vendor)
			}
		})
	})
	t.Run("a response", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(enforced, time.Millisecond))
			f.vendor.record = &structpb.Struct{Fields: map[string]*structpb.Value{latin1: structpb.NewStringValue(latin1)}}
			r := request("c1")
			f.succeeds(r)
			f.comesTo(r, succeeded)
			if response := f.succeeds(r); !response.GetReplayed() || len(response.GetVendorRecord().GetFields()) != 1 {
				t.Errorf("the replay is %s", response)
			}
		})
	})
}

// A defect in a provider ends only one request.
func TestPanicInAProvider(t *testing.T) {
	t.Parallel()
	t.Run("before bytes can leave", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(byKey, time.Millisecond))
			r := request("c1")
			f.vendor.then(send{panics: "before"})
			_, err := f.create(r, soon)
			f.fails(err, enlistv1.ErrorReason_INTERNAL_ERROR)
			f.inState(r, notSent)
			f.succeeds(r)
			f.holds(1, 1)
		})
	})
	t.Run("after", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(byKey, 200*time.Millisecond))
			r := request("c1")
			f.vendor.then(send{panics: "after"})
			_, err := f.create(r, soon)
			f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
			f.inState(r, unknown)
			f.succeeds(r)
			f.holds(1, 1)
		})
	})
	t.Run("in a look-up", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := start(t, newVendor(enforced, time.Millisecond), reconciling)
			r := request("c1")
			f.vendor.whenSeen(func(context.Context) {
				if _, _, lookups := f.vendor.counts(); lookups == 1 {
					panic("a defect")
				}
			})
			f.vendor.then(send{acts: true, err: unknownError()})
			_, err := f.create(r, soon)
			f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
			f.comesTo(r, succeeded)
			f.holds(1, 1)
		})
	})
}

// A picture is in the record only while the creation may be sent from there.
func TestFilesLeaveTheJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Second))
		r := request("c1")
		r.VendorOptions = &enlistv1.CreateCustomerRequest_Valomnia{Valomnia: &enlistv1.ValomniaOptions{
			Image: &enlistv1.ValomniaImage{Filename: "a.png", Content: bytes.Repeat([]byte("x"), 1<<20)},
		}}
		f.becomesUnknown(r, send{acts: true})
		if image := f.record(r).Payload.GetRequest().GetValomnia().GetImage(); len(image.GetContent()) != 1<<20 {
			t.Errorf("%d bytes while it is unknown", len(image.GetContent()))
		}
		f.succeeds(r)
		if image := f.record(r).Payload.GetRequest().GetValomnia().GetImage(); len(image.GetContent()) != 0 || image.GetFilename() != "a.png" {
			t.Errorf("%d bytes of %q after the end", len(image.GetContent()), image.GetFilename())
		}
		f.succeeds(r)
		f.holds(1, 1)
	})
}
