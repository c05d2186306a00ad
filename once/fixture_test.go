package once_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
)

// fixture is a service with its own journal and one vendor.
type fixture struct {
	*once.Service
	t       *testing.T
	vendor  *vendor
	path    string
	key     []byte
	clock   func() time.Time
	options once.Options
	// wrap, if not nil, stands between the journal and its store. others are vendors beside "v".
	wrap    func(journal.Store) journal.Store
	others  map[string]*vendor
	journal *journal.Journal
	log     *testkit.LogBuffer
}

// start starts a service. Its reconciler does nothing unless options.Tick is changed.
func start(t *testing.T, v *vendor, change ...func(*fixture)) *fixture {
	t.Helper()
	f := &fixture{t: t, vendor: v, path: filepath.Join(t.TempDir(), "enlist.db"), key: make([]byte, 32), log: &testkit.LogBuffer{}, clock: time.Now}
	_, _ = rand.Read(f.key)
	f.options.Tick = time.Hour
	for _, change := range change {
		change(f)
	}
	f.open()
	t.Cleanup(func() { f.close() })
	return f
}

func reconciling(f *fixture) { f.options.Tick = 20 * time.Millisecond }

func (f *fixture) open() {
	f.t.Helper()
	store, err := sqlite.Open(context.Background(), f.path, sqlite.Options{Clock: f.clock})
	if err != nil {
		f.t.Fatal(err)
	}
	var kept journal.Store = store
	if f.wrap != nil {
		kept = f.wrap(store)
	}
	f.journal, err = journal.New(context.Background(), kept, journal.Options{Keys: [][]byte{f.key}, Replica: uuid.NewString()})
	if err != nil {
		f.t.Fatal(err)
	}
	connected := map[string]providers.Provider{"v": f.vendor}
	for name, other := range f.others {
		connected[name] = other
	}
	f.Service = once.New(f.journal, connected, f.options, slog.New(slog.NewJSONHandler(f.log, nil)))
}

func (f *fixture) close() {
	if f.journal == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	f.Close(ctx)
	if err := f.journal.Close(); err != nil {
		f.t.Error(err)
	}
	f.journal = nil
}

// restart starts a new process after a crash: attempts are cut off, and their outcome is recorded
// as UNKNOWN.
func (f *fixture) restart() {
	f.t.Helper()
	f.restartWith(func() {})
}

// restartWith calls a function between the two processes.
func (f *fixture) restartWith(between func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f.Close(ctx)
	_ = f.journal.Close()
	between()
	f.open()
}

func request(id string) *enlistv1.CreateCustomerRequest {
	return &enlistv1.CreateCustomerRequest{Provider: "v", RequestId: uuid.NewString(), Customer: &enlistv1.Customer{Id: id, Email: email}}
}

// email is that of every customer, in requests and at the vendor.
const email = "ada@example.com"

func (f *fixture) create(request *enlistv1.CreateCustomerRequest, within time.Duration) (*enlistv1.CreateCustomerResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return f.Create(ctx, "", proto.CloneOf(request))
}

func (f *fixture) keyOf(request *enlistv1.CreateCustomerRequest) journal.Key {
	return journal.Key{Provider: request.GetProvider(), RequestID: uuid.MustParse(request.GetRequestId())}
}

func (f *fixture) record(request *enlistv1.CreateCustomerRequest) *journal.Record {
	f.t.Helper()
	record, err := f.Operation(context.Background(), f.keyOf(request))
	if err != nil {
		f.t.Fatal(err)
	}
	return record
}

func (f *fixture) inState(request *enlistv1.CreateCustomerRequest, want enlistv1.OperationState) *journal.Record {
	f.t.Helper()
	record := f.record(request)
	if record.State != want {
		f.t.Errorf("state %s, want %s", record.State, want)
	}
	return record
}

// comesTo waits until a creation is in a state. On the fake clock each pause lasts until nothing
// else can happen.
func (f *fixture) comesTo(request *enlistv1.CreateCustomerRequest, want enlistv1.OperationState) *journal.Record {
	f.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if record := f.record(request); record.State == want {
			return record
		}
	}
	f.t.Fatalf("state %s after a minute, want %s", f.record(request).State, want)
	return nil
}

func (f *fixture) fails(err error, want enlistv1.ErrorReason) *providers.Error {
	f.t.Helper()
	var failure *providers.Error
	if !errors.As(err, &failure) || failure.Reason != want {
		f.t.Fatalf("got %v, want reason %s", err, want)
	}
	return failure
}

// holds asserts how many sends reached the vendor and how many customers it has.
func (f *fixture) holds(sends, customers int) {
	f.t.Helper()
	gotSends, gotCustomers, _ := f.vendor.counts()
	if gotSends != sends || gotCustomers != customers {
		f.t.Errorf("%d sends and %d customers, want %d and %d", gotSends, gotCustomers, sends, customers)
	}
}

const (
	intent      = enlistv1.OperationState_OPERATION_STATE_INTENT
	succeeded   = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	failed      = enlistv1.OperationState_OPERATION_STATE_FAILED
	notSent     = enlistv1.OperationState_OPERATION_STATE_NOT_SENT
	unknown     = enlistv1.OperationState_OPERATION_STATE_UNKNOWN
	needsPerson = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON
)

// soon is a deadline that no test reaches.
const soon = 20 * time.Second

// becomesUnknown creates a customer whose first send gets no response and otherwise ends as given.
func (f *fixture) becomesUnknown(request *enlistv1.CreateCustomerRequest, how send) {
	f.t.Helper()
	how.err = unknownError()
	f.vendor.then(how)
	_, err := f.create(request, soon)
	f.fails(err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
	f.inState(request, unknown)
}

// succeeds creates a customer. It fails the test on an error.
func (f *fixture) succeeds(request *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerResponse {
	f.t.Helper()
	response, err := f.create(request, soon)
	if err != nil {
		f.t.Fatal(err)
	}
	return response
}

// hasNone asserts that the journal has no record of a creation.
func (f *fixture) hasNone(request *enlistv1.CreateCustomerRequest) {
	f.t.Helper()
	_, err := f.Operation(context.Background(), f.keyOf(request))
	f.fails(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND)
}

func isReason(err error, reason enlistv1.ErrorReason) bool { return providers.IsReason(err, reason) }

func rejectedCredentials() error {
	return &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, Message: "wrong", Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT}
}

func cannotBeAsked() error {
	return &providers.Error{Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED, Message: "cannot be asked"}
}

func withPassword(request *enlistv1.CreateCustomerRequest, password string) *enlistv1.CreateCustomerRequest {
	request.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: password}}
	return request
}

// createInASecond creates with a second of time, and asserts that the response is in time.
func (f *fixture) createInASecond(request *enlistv1.CreateCustomerRequest) error {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := f.Create(ctx, "", proto.CloneOf(request))
	if ctx.Err() != nil {
		f.t.Error("the response came after the deadline")
	}
	return err
}
