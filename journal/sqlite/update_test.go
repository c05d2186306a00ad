package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// The final update of a creation also writes its customer. It uses only the statement that leaves
// operations_sealed unchanged.
func TestEndTakesOneStatement(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "enlist.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	other := &store.writer.statements.update
	if err := (*other).Close(); err != nil {
		t.Fatal(err)
	}
	if *other, err = store.writer.conn.PrepareContext(t.Context(), "DELETE FROM operations WHERE false"); err != nil { // finds nothing
		t.Fatal(err)
	}
	row := &journal.Row{
		Provider: "opencell", RequestID: uuid.New(), State: enlistv1.OperationState_OPERATION_STATE_INTENT, Exclusive: []byte("c"), Owner: "a",
		KeyID: 7, Payload: []byte("sealed"),
	}
	if _, _, err := store.Insert(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	row.State, row.Owner, row.Customer = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED, "", []byte("customer")
	if err := store.Update(t.Context(), row, -1); err != nil {
		t.Error(err)
	}
}
