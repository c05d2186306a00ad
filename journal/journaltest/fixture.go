package journaltest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

const (
	intent      = enlistv1.OperationState_OPERATION_STATE_INTENT
	succeeded   = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	failed      = enlistv1.OperationState_OPERATION_STATE_FAILED
	notSent     = enlistv1.OperationState_OPERATION_STATE_NOT_SENT
	unknown     = enlistv1.OperationState_OPERATION_STATE_UNKNOWN
	needsPerson = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON
)

// never is the due time of a row that needs no look-up.
const never = -time.Second

// fixture is one test's database.
type fixture struct {
	Harness
	database Database
}

// open opens a store. The test closes it when it ends.
func (f *fixture) open(t *testing.T) journal.Store {
	t.Helper()
	store, err := f.database.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// second returns another store on the same database if the database allows it. Otherwise it returns
// the same store.
func (f *fixture) second(t *testing.T, store journal.Store) journal.Store {
	t.Helper()
	if !f.Shared {
		return store
	}
	return f.open(t)
}

// newRow returns a row that is ready to insert, with a key of its own.
func newRow() *journal.Row {
	return &journal.Row{
		Principal: "billing",
		Provider:  "opencell",
		RequestID: uuid.New(),
		State:     intent,
		Owner:     "a",
		Exclusive: []byte(rand.Text()),
		KeyID:     7,
		Outcome:   []byte("outcome " + rand.Text()),
		Request:   []byte("request " + rand.Text()),
	}
}

// insert inserts a row. It fails the test if the row is not new.
func insert(t *testing.T, store journal.Store, row *journal.Row) *journal.Row {
	t.Helper()
	existing, busy, err := store.Insert(t.Context(), row)
	if err != nil || existing != nil || busy != nil {
		t.Fatalf("insert: existing %v, busy %v, %v", existing, busy, err)
	}
	return row
}

// insertAs inserts a new row and moves it to a state, with no owner and the given due time.
func insertAs(t *testing.T, store journal.Store, state enlistv1.OperationState, due time.Duration) *journal.Row {
	t.Helper()
	row := insert(t, store, newRow())
	row.State, row.Owner = state, ""
	return replace(t, store, row, due)
}

// replace updates a row. It fails the test if the update fails. A row that is not open has no
// exclusive.
func replace(t *testing.T, store journal.Store, row *journal.Row, due time.Duration) *journal.Row {
	t.Helper()
	if !row.IsOpen() {
		row.Exclusive = nil
	}
	if err := store.Update(t.Context(), row, due); err != nil {
		t.Fatal(err)
	}
	return row
}

// get reads a row again.
func get(t *testing.T, store journal.Store, row *journal.Row) *journal.Row {
	t.Helper()
	got, err := store.Get(t.Context(), row.Principal, row.Provider, row.RequestID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// same fails the test if two rows, or two lists of rows, differ.
func same(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("not as it was written (-want +got):\n%s", diff)
	}
}

// claim claims rows. It fails the test if the claim fails.
func claim(t *testing.T, store journal.Store, replica string, limit int) []*journal.Row {
	t.Helper()
	rows, err := store.Claim(t.Context(), replica, limit)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// ids returns the rows' request ids, in the same order.
func ids(rows ...*journal.Row) []uuid.UUID {
	all := make([]uuid.UUID, 0, len(rows))
	for _, row := range rows {
		all = append(all, row.RequestID)
	}
	return all
}

// sameSet fails the test if two lists do not hold the same rows. The order does not matter.
func sameSet(t *testing.T, got []*journal.Row, want ...*journal.Row) {
	t.Helper()
	if diff := cmp.Diff(ids(want...), ids(got...), cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b uuid.UUID) bool {
		return a.String() < b.String()
	})); diff != "" {
		t.Fatalf("not those rows (-want +got):\n%s", diff)
	}
}
