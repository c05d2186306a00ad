package once_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

// The same request_id gets the same response, now and after a restart.
func TestReplayOfASuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Second))
		r := request("c1")
		first := f.succeeds(r)
		if first.GetReplayed() {
			t.Error("the first response is a replay")
		}
		first.Replayed = true
		for _, when := range []string{"at once", "after a restart"} {
			if again := f.succeeds(r); !proto.Equal(again, first) {
				t.Errorf("%s: %s, want %s", when, again, first)
			}
			f.restart()
		}
		f.holds(1, 1)
	})
}

// A failure is replayed with all its details.
func TestReplayOfAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Second))
		f.vendor.then(send{err: &providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Message: "The vendor refuses.", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
			Vendor:     &enlistv1.VendorError{HttpStatus: 422, Messages: []*enlistv1.VendorMessage{{Code: "E1", Message: "no", Extra: "x"}}},
			Violations: []rules.Violation{{Path: "customer.email", Description: "is taken"}},
		}})
		r := request("c1")
		_, err := f.create(r, soon)
		first := f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		for range 2 {
			_, err := f.create(r, soon)
			again := f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
			if again.Message != first.Message || again.Stage != first.Stage || !proto.Equal(again.Vendor, first.Vendor) ||
				len(again.Violations) != 1 || again.Violations[0] != first.Violations[0] {
				t.Errorf("replayed as %+v, was %+v", again, first)
			}
			f.restart()
		}
		f.holds(1, 0)
	})
}

// A request_id belongs to one payload, in every state of its creation.
func TestAnotherPayload(t *testing.T) {
	t.Parallel()
	prepare := map[string]func(*fixture, *enlistv1.CreateCustomerRequest){
		"SUCCEEDED": func(f *fixture, r *enlistv1.CreateCustomerRequest) { f.succeeds(r) },
		"FAILED": func(f *fixture, r *enlistv1.CreateCustomerRequest) {
			f.vendor.then(send{err: rejectedError()})
			_, _ = f.create(r, soon)
		},
		"NOT_SENT": func(f *fixture, r *enlistv1.CreateCustomerRequest) {
			f.vendor.then(send{before: rejectedCredentials()})
			_, _ = f.create(r, soon)
		},
		"UNKNOWN": func(f *fixture, r *enlistv1.CreateCustomerRequest) { f.becomesUnknown(r, send{}) },
		"in progress": func(f *fixture, r *enlistv1.CreateCustomerRequest) {
			gate := make(chan struct{})
			f.vendor.then(send{acts: true, gate: gate})
			go func() { _, _ = f.create(r, soon) }()
			testkit.Eventually(f.t, "it is sent", func() bool { sends, _, _ := f.vendor.counts(); return sends == 1 })
			time.AfterFunc(100*time.Millisecond, func() { close(gate) })
		},
	}
	for state, prepare := range prepare {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := start(t, newVendor(enforced, time.Second))
				r := request("c1")
				prepare(f, r)
				sends, _, _ := f.vendor.counts()
				other := proto.CloneOf(r)
				other.Customer.DisplayName = "another"
				_, err := f.create(other, soon)
				reused := f.fails(err, enlistv1.ErrorReason_REQUEST_ID_REUSED)
				if len(reused.Violations) != 1 || reused.Violations[0].Path != "request_id" {
					t.Errorf("violations %v", reused.Violations)
				}
				if after, _, _ := f.vendor.counts(); after != sends {
					t.Error("the vendor was called for the other payload")
				}
			})
		})
	}
}

// The same request_id of another caller or provider is another creation.
func TestSameRequestIDElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(byKey, time.Second), func(f *fixture) { f.others = map[string]*vendor{"w": newVendor(byKey, time.Second)} })
		r := request("c1")
		f.succeeds(r)
		if response, err := f.Create(context.Background(), "somebody", proto.CloneOf(r)); err != nil || response.GetReplayed() {
			t.Errorf("another principal: %v, %v", response, err)
		}
		r.Provider = "w"
		if response := f.succeeds(r); response.GetReplayed() {
			t.Error("another provider: replayed")
		}
		f.holds(2, 2)
	})
}

// Another password makes another payload. No password is stored.
func TestPassword(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const marker = "pass-word-marker-7731"
		f := start(t, newVendor(enforced, time.Second))
		r := withPassword(request("c1"), marker)
		r.Customer.Email = "c1@marker.example"
		f.becomesUnknown(r, send{})
		f.succeeds(r)
		if !f.succeeds(r).GetReplayed() {
			t.Error("the same password is another payload")
		}
		_, err := f.create(withPassword(proto.CloneOf(r), marker+"x"), soon)
		f.fails(err, enlistv1.ErrorReason_REQUEST_ID_REUSED)
		record := f.record(r)
		shown, _ := protojson.Marshal(record.Payload)
		if bytes.Contains(shown, []byte(marker)) || !record.Payload.GetIncomplete() {
			t.Errorf("the record has the password: %s", shown)
		}
		for _, state := range []string{"open", "closed"} {
			f.storesNone(state, marker, "c1@marker.example")
			f.close()
		}
	})
}

// storesNone asserts that no file of the journal has one of the secrets.
func (f *fixture) storesNone(state string, secrets ...string) {
	f.t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(f.path), "*"))
	if err != nil || len(files) == 0 {
		f.t.Fatalf("no files of the journal: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.t.Fatal(err)
		}
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				f.t.Errorf("%s (%s) has %q", filepath.Base(file), state, secret)
			}
		}
	}
}

// A preview writes and reads no record.
func TestPreview(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Second))
		r := request("c1")
		preview := proto.CloneOf(r)
		preview.ValidateOnly = true
		if response := f.succeeds(preview); response.GetOutcome() != enlistv1.Outcome_OUTCOME_PREVIEWED {
			t.Errorf("outcome %s", response.GetOutcome())
		}
		f.hasNone(r)
		f.holds(0, 0)
		f.succeeds(r)
		f.succeeds(preview)
		preview.Customer.DisplayName = "INVALID"
		_, err := f.create(preview, soon)
		f.fails(err, enlistv1.ErrorReason_INVALID_FIELD)
	})
}

// An invalid request can be repaired under the same request_id.
func TestInvalidRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := start(t, newVendor(enforced, time.Second))
		r := request("c1")
		r.Customer.DisplayName = "INVALID"
		_, err := f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_INVALID_FIELD)
		f.hasNone(r)
		r.Customer.DisplayName = "repaired"
		f.succeeds(r)
		f.vendor.refuses("repaired") // the connection's settings have changed
		if !f.succeeds(r).GetReplayed() {
			t.Error("the recorded outcome is not replayed")
		}
		r.RequestId = request("").GetRequestId()
		_, err = f.create(r, soon)
		f.fails(err, enlistv1.ErrorReason_INVALID_FIELD)
		f.holds(1, 1)
	})
}
