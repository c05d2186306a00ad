package byhand_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/enlist-dev/enlist/bench/byhand"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A repeated request gets the recorded response, and the vendor gets one request. If the vendor's
// response is lost, the outcome stays unknown, also for the next process.
func TestDurableCallsTheVendorOnce(t *testing.T) {
	var requests atomic.Int32
	var lost atomic.Bool
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		if lost.Load() {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, `{"status":"SUCCESS"}`)
	}))
	defer vendor.Close()
	path := filepath.Join(t.TempDir(), "byhand.db")
	open := func() *byhand.Durable {
		durable, err := byhand.WithSQLite(t.Context(), byhand.NewVendor(vendor.URL), path)
		if err != nil {
			t.Fatal(err)
		}
		return durable
	}
	durable := open()
	create := func(id string) (*enlistv1.CreateCustomerResponse, error) {
		return durable.CreateCustomer(t.Context(), &enlistv1.CreateCustomerRequest{RequestId: id, Customer: &enlistv1.Customer{Id: "C-" + id}})
	}
	for _, replayed := range []bool{false, true} {
		response, err := create("one")
		if err != nil || response.GetCustomer().GetId() != "C-one" || response.GetReplayed() != replayed {
			t.Errorf("got %v, %v, want the customer, replayed %t", response, err, replayed)
		}
	}
	lost.Store(true)
	if _, err := create("two"); err == nil {
		t.Error("a lost response was a success")
	}
	lost.Store(false)
	if err := durable.Close(); err != nil {
		t.Fatal(err)
	}
	durable = open()
	defer durable.Close()
	if _, err := create("two"); status.Code(err) != codes.Aborted {
		t.Errorf("got %v, want %v", err, codes.Aborted)
	}
	if got := requests.Load(); got != 2 {
		t.Errorf("the vendor got %d requests, want 2", got)
	}
}
