package journal_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// earlierTable is the table of the format before this one.
const earlierTable = `CREATE TABLE operations_v1 (id INTEGER PRIMARY KEY, principal TEXT NOT NULL, provider TEXT NOT NULL, request_id BLOB NOT NULL,
  state INTEGER NOT NULL, version INTEGER NOT NULL, exclusive BLOB, customer BLOB, owner TEXT NOT NULL, due INTEGER, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, key_id INTEGER NOT NULL, payload BLOB NOT NULL) STRICT`

// makeEarlier writes records of all states in the earlier format. The last one is damaged.
func makeEarlier(t *testing.T, path string, copies int) (records []*journal.Record) {
	t.Helper()
	open(t, path, "a").Close()
	alter(t, path, earlierTable)
	for range copies {
		for state := range 6 {
			record := newRecord()
			record.State, record.Version = enlistv1.OperationState(state+1), 3
			record.Payload.Tries = []*enlistv1.OperationTry{{Number: 1, ResponseBody: "body"}}
			record.Payload.CustomerId = "C-1"
			records = append(records, record)
		}
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, record := range records {
		row := &journal.Row{Principal: record.Principal, Provider: record.Provider, RequestID: record.RequestID}
		sealed, err := journal.SealEarlier(key('a'), row, record.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if i == len(records)-1 {
			sealed[len(sealed)-1]++
		}
		_, err = db.ExecContext(t.Context(), `INSERT INTO operations_v1 (principal, provider, request_id, state, version, exclusive, owner, due, created, updated, key_id, payload)
      VALUES (?, ?, ?, ?, 3, ?, 'gone', ?, 1000, 2000, ?, ?)`,
			record.Principal, record.Provider, record.RequestID[:], record.State, []byte("exclusive"), dueOf(record), journal.KeyID(key('a')), sealed)
		if err != nil {
			t.Fatal(err)
		}
	}
	return records
}

// alter changes the tables of a closed journal.
func alter(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func dueOf(record *journal.Record) any {
	if record.State == unknown {
		return 1
	}
	return nil
}

// Records of the earlier format are all there after the first start, with their states and owners.
func TestConvert(t *testing.T) {
	path := newPath(t)
	records := makeEarlier(t, path, 2)
	j := open(t, path, "ba")
	check := func() {
		t.Helper()
		for i, want := range records {
			got, err := j.Get(t.Context(), want.Key)
			if i == len(records)-1 {
				mustSay(t, err, want.RequestID.String(), "damaged")
				continue
			}
			if err != nil || got == nil || got.State != want.State || got.Version != want.Version || got.Owner != "gone" ||
				got.Created.UnixMicro() != 1000 || got.Updated.UnixMicro() != 2000 || !proto.Equal(got.Payload, want.Payload) {
				t.Fatalf("record %d: %+v, %v", i, got, err)
			}
			if existing, _, err := j.Begin(t.Context(), newOf(want)); err != nil || existing == nil {
				t.Fatalf("record %d: a request_id is free again: %v", i, err)
			}
		}
	}
	check()
	if _, _, err := j.Begin(t.Context(), newOf(records[len(records)-1])); err == nil {
		t.Error("the request_id of a damaged record is free again")
	}
	if found, err := j.FindCustomer(t.Context(), "opencell", "C-1"); err != nil || found == nil {
		t.Errorf("the customer: %v, %v", found, err)
	}
	claimed, err := j.Claim(t.Context(), 10)
	if err != nil || len(claimed) != 4 {
		t.Errorf("claimed %d, %v: not 2 INTENT and 2 UNKNOWN", len(claimed), err)
	}
	j.Close()
	alter(t, path, earlierTable) // fails if the table is still there
	alter(t, path, `DROP TABLE operations_v1`)
	if got, err := tryOpen(t, path, "b"); err == nil {
		got.Close()
		t.Error("the key of the damaged record is not missed")
	}
}

func newOf(record *journal.Record) *journal.Record {
	return &journal.Record{Key: record.Key, Payload: &journalv1.Payload{}}
}

// A start that is cut off in the middle is gone on with.
func TestConvertIsCutOff(t *testing.T) {
	path := newPath(t)
	records := makeEarlier(t, path, 200)
	cut := &cutStore{Store: openStore(t, path)}
	if _, err := journal.New(t.Context(), cut, journal.Options{Keys: [][]byte{key('a')}, Replica: "a"}); !errors.Is(err, errCut) {
		t.Fatalf("%v, not %v", err, errCut)
	}
	j := open(t, path, "a")
	for i, want := range records[:len(records)-1] {
		if got := get(t, j, want.Key); got == nil || got.State != want.State {
			t.Fatalf("record %d: %+v", i, got)
		}
	}
}

var errCut = errors.New("cut off")

// cutStore fails after the first batch.
type cutStore struct {
	journal.Store
	calls int
}

func (c *cutStore) Convert(ctx context.Context, rows []*journal.Row) error {
	if c.calls++; c.calls > 1 {
		return errCut
	}
	return c.Store.Convert(ctx, rows)
}
