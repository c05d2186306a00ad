package journal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/testing/protocmp"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// A pseudonym is the same for nearly equal ids and after a new start with another first key. It
// depends on the provider and on the journal, and stands in no column.
func TestPseudonym(t *testing.T) {
	path := newPath(t)
	j := open(t, path, "a")
	record := newRecord()
	record.Payload.CustomerId = "C-1"
	begin(t, j, record)
	update(t, j, record, succeeded, never)
	want := j.Pseudonym("opencell", "C-1")
	for _, other := range [][]byte{j.Pseudonym("avvio", "C-1"), j.Pseudonym("opencell", "C-2"), open(t, newPath(t), "a").Pseudonym("opencell", "C-1")} {
		if len(want) != 32 || bytes.Equal(want, other) {
			t.Errorf("%x and %x", want, other)
		}
	}
	if j.Pseudonym("opencell", "") != nil {
		t.Error("no id has a pseudonym")
	}
	j.Close()
	if got := open(t, path, "ba").Pseudonym("opencell", " c-1"); !bytes.Equal(got, want) {
		t.Errorf("%x, not %x", got, want)
	}
	for _, file := range []string{path, path + "-wal"} {
		if content, err := os.ReadFile(file); err != nil || bytes.Contains(content, want) {
			t.Errorf("%s: %v, or it has the pseudonym", file, err)
		}
	}
}

// What a correction withdraws is gone from the store, too.
func TestWithdrawnResponse(t *testing.T) {
	j := open(t, newPath(t), "a")
	record := newRecord()
	begin(t, j, record)
	record.Payload.Response = &enlistv1.CreateCustomerResponse{Outcome: enlistv1.Outcome_OUTCOME_CREATED, Customer: &enlistv1.Customer{Id: "C-1"}}
	update(t, j, record, succeeded, never)
	record = get(t, j, record.Key)
	record.Payload.Response, record.Payload.Failure = nil, &journalv1.Failure{Reason: enlistv1.ErrorReason_CUSTOMER_NOT_FOUND}
	record.Payload.Tries = nil
	update(t, j, record, enlistv1.OperationState_OPERATION_STATE_FAILED, never)
	if response := get(t, j, record.Key).Payload.GetResponse(); response != nil {
		t.Errorf("the journal still has %v", response)
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	succeeded = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	unknown   = enlistv1.OperationState_OPERATION_STATE_UNKNOWN
	notSent   = enlistv1.OperationState_OPERATION_STATE_NOT_SENT
)

const never = -time.Second

// key returns a key whose bytes all equal the letter.
func key(letter byte) []byte { return bytes.Repeat([]byte{letter}, journal.KeySize) }

// idOf returns a key's id as errors write it.
func idOf(letter byte) string { return fmt.Sprintf("%08x", journal.KeyID(key(letter))) }

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "enlist.db") }

func openStore(t *testing.T, path string) journal.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// tryOpen opens the journal in a file. Each letter stands for a key, and the first letter is the
// first key.
func tryOpen(t *testing.T, path, letters string) (*journal.Journal, error) {
	t.Helper()
	var keys [][]byte
	for i := range len(letters) {
		keys = append(keys, key(letters[i]))
	}
	j, err := journal.New(t.Context(), openStore(t, path), journal.Options{
		Keys: keys, Replica: uuid.NewString(), Log: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		t.Cleanup(func() { j.Close() })
	}
	return j, err
}

func open(t *testing.T, path, letters string) *journal.Journal {
	t.Helper()
	j, err := tryOpen(t, path, letters)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func newRecord() *journal.Record {
	id := uuid.New()
	return &journal.Record{
		Key: journal.Key{Principal: "billing", Provider: "opencell", RequestID: id},
		Payload: &journalv1.Payload{
			Request:      &enlistv1.CreateCustomerRequest{Provider: "opencell", RequestId: id.String()},
			Fingerprint:  []byte("fingerprint"),
			ExclusiveKey: "key " + id.String(),
		},
	}
}

func begin(t *testing.T, j *journal.Journal, record *journal.Record) *journal.Record {
	t.Helper()
	existing, busy, err := j.Begin(t.Context(), record)
	if err != nil || existing != nil || busy != nil {
		t.Fatalf("existing %v, busy %v, %v", existing, busy, err)
	}
	return record
}

func update(t *testing.T, j *journal.Journal, record *journal.Record, state enlistv1.OperationState, due time.Duration) {
	t.Helper()
	record.State, record.Owner = state, ""
	if err := j.Update(t.Context(), record, due); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, j *journal.Journal, key journal.Key) *journal.Record {
	t.Helper()
	record, err := j.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func same(t *testing.T, got, want *journal.Record) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform(), cmpopts.IgnoreUnexported(journal.Record{})); diff != "" {
		t.Fatalf("not as it was written (-want +got):\n%s", diff)
	}
}

func TestRecords(t *testing.T) {
	j := open(t, newPath(t), "a")
	record := newRecord()
	if got := get(t, j, record.Key); got != nil {
		t.Fatalf("there before it was begun: %v", got)
	}
	begin(t, j, record)
	if record.Owner != j.Replica() || !record.IsOpen() || record.Version != 1 || record.Created.IsZero() {
		t.Fatalf("begun as %+v", record)
	}
	same(t, get(t, j, record.Key), record)

	existing, busy, err := j.Begin(t.Context(), &journal.Record{Key: record.Key, Payload: &journalv1.Payload{}})
	if err != nil || busy != nil {
		t.Fatal(busy, err)
	}
	same(t, existing, record)

	other := newRecord()
	other.Payload.ExclusiveKey = strings.ToUpper(record.Payload.ExclusiveKey)
	existing, busy, err = j.Begin(t.Context(), other)
	if err != nil || existing != nil {
		t.Fatal(existing, err)
	}
	same(t, busy, record)
	other.Provider = "avvio" // the same key at another provider is a different key
	begin(t, j, other)

	found, err := j.FindOpen(t.Context(), "opencell", record.Payload.ExclusiveKey)
	if err != nil {
		t.Fatal(err)
	}
	same(t, found, record)

	created := record.Created
	record.Payload.CustomerId = "C-1"
	update(t, j, record, unknown, 0)
	if !record.Created.Equal(created) || record.Due.IsZero() || record.Version != 2 {
		t.Fatalf("updated to %+v", record)
	}
	same(t, get(t, j, record.Key), record)
	stale := *record
	stale.Version = 1
	if err := j.Update(t.Context(), &stale, never); !errors.Is(err, journal.ErrConflict) {
		t.Fatalf("%v, not a conflict", err)
	}
	if found, err := j.FindCustomer(t.Context(), "opencell", "C-1"); err != nil || found != nil {
		t.Fatalf("a customer of a create that has not succeeded: %v, %v", found, err)
	}
	if n, err := j.Count(t.Context(), unknown, 0, 10); n != 1 || err != nil {
		t.Fatal(n, err)
	}

	claimed, err := j.Claim(t.Context(), 10)
	if err != nil || len(claimed) != 1 || claimed[0].Owner != j.Replica() {
		t.Fatal(claimed, err)
	}
	if taken, err := j.Take(t.Context(), record); err != nil || taken != nil {
		t.Fatalf("taken with the version of before: %v, %v", taken, err)
	}
	taken, err := j.Take(t.Context(), claimed[0])
	if err != nil || taken == nil {
		t.Fatal(taken, err)
	}
	same(t, get(t, j, record.Key), taken)

	record = taken
	update(t, j, record, succeeded, never)
	found, err = j.FindCustomer(t.Context(), "opencell", "C-1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, found, record)
	if found, err = j.FindNearCustomer(t.Context(), "opencell", " c-1"); err != nil {
		t.Fatal(err)
	}
	same(t, found, record) // a vendor may treat the two as the same
	for _, c := range [][2]string{{"opencell", "c-1"}, {"opencell", "c-2"}, {"avvio", "C-1"}, {"opencell", ""}} {
		if found, err := j.FindCustomer(t.Context(), c[0], c[1]); err != nil || found != nil {
			t.Fatalf("%v: %v, %v", c, found, err)
		}
	}
	claims(t, j, record.Payload.ExclusiveKey, 0)
	record.Payload.Response = &enlistv1.CreateCustomerResponse{Outcome: enlistv1.Outcome_OUTCOME_ADOPTED}
	update(t, j, record, succeeded, never)
	claims(t, j, strings.ToUpper(record.Payload.ExclusiveKey), 1)
	if found, err := j.FindCustomer(t.Context(), "opencell", "C-1"); err != nil || found != nil {
		t.Fatalf("the creation that adopted it: %v, %v", found, err)
	}
	list, err := j.List(t.Context(), journal.Query{Principal: "billing", Limit: 10})
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	same(t, list[1], record)
	payload := journal.Retention{Payload: -time.Minute, Outcome: time.Hour}
	if dropped, deleted, err := j.Purge(t.Context(), "opencell", payload.Before(time.Now()), 10); dropped != 1 || deleted != 0 || err != nil {
		t.Fatal(dropped, deleted, err)
	}
	left := get(t, j, record.Key)
	if !left.PayloadDropped || left.Payload.GetRequest() != nil || left.Payload.GetResponse().GetOutcome() != enlistv1.Outcome_OUTCOME_ADOPTED {
		t.Fatalf("left without its payload: %v", left.Payload)
	}
	everything := journal.Retention{Payload: -time.Minute, Outcome: -time.Minute}
	if dropped, deleted, err := j.Purge(t.Context(), "opencell", everything.Before(time.Now()), 10); dropped != 0 || deleted != 1 || err != nil {
		t.Fatal(dropped, deleted, err)
	}
}

func TestExclusiveKeysThatAreOne(t *testing.T) {
	j := open(t, newPath(t), "a")
	for _, pair := range [][2]string{
		{"JANE@example.com", "jane@EXAMPLE.com"},
		{"Strauß", "STRAUSS"},
		{"Zoë", "Zoe\u0308"},
		{"ΣΊΣΥΦΟΣ", "σίσυφος"},
	} {
		first, second := newRecord(), newRecord()
		first.Payload.ExclusiveKey, second.Payload.ExclusiveKey = pair[0], pair[1]
		begin(t, j, first)
		if _, busy, err := j.Begin(t.Context(), second); err != nil || busy == nil {
			t.Errorf("%q and %q at once: %v", pair[0], pair[1], err)
		}
	}
	for _, key := range []string{"&nbsp;", "´", "\u0301"} { // nothing is left of them
		first, second := newRecord(), newRecord()
		first.Payload.ExclusiveKey, second.Payload.ExclusiveKey = key, key
		begin(t, j, first)
		if _, busy, err := j.Begin(t.Context(), second); busy == nil || err != nil {
			t.Errorf("%q: busy %v, %v", key, busy, err)
		}
		if found, err := j.FindOpen(t.Context(), first.Provider, key); found == nil || err != nil {
			t.Errorf("%q: found %v, %v", key, found, err)
		}
	}
	begin(t, j, &journal.Record{Key: newRecord().Key, Payload: &journalv1.Payload{}})
	begin(t, j, &journal.Record{Key: newRecord().Key, Payload: &journalv1.Payload{}}) // empty hashes exclude nothing
	if found, err := j.FindOpen(t.Context(), "opencell", ""); err != nil || found != nil {
		t.Error(found, err)
	}
}

// The files show no sealed text, neither while the journal is open nor afterwards.
func TestNothingInTheClear(t *testing.T) {
	path := newPath(t)
	j := open(t, path, "a")
	const marker = "Hildegard-Marker"
	record := newRecord()
	record.Payload.Request.Customer = &enlistv1.Customer{Email: marker}
	record.Payload.CustomerId = marker
	record.Payload.ExclusiveKey = marker
	begin(t, j, record)
	update(t, j, record, succeeded, never)
	search := func() {
		t.Helper()
		files, _ := filepath.Glob(path + "*")
		found := false
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(bytes.ToLower(content), []byte(strings.ToLower(marker))) {
				t.Errorf("%s holds it in the clear", filepath.Base(file))
			}
			found = found || bytes.Contains(content, []byte(record.Provider))
		}
		if !found {
			t.Errorf("the record is in none of %v", files)
		}
	}
	search()
	if files, _ := filepath.Glob(path + "*"); len(files) != 5 {
		t.Errorf("files %v: not database, log, its index, lock, and sequence file", files)
	}
	j.Close()
	search()
}

func TestOptions(t *testing.T) {
	for name, options := range map[string]journal.Options{
		"no key":     {Replica: "a"},
		"short key":  {Replica: "a", Keys: [][]byte{key('a'), key('b')[1:]}},
		"same key":   {Replica: "a", Keys: [][]byte{key('a'), key('b'), key('a')}},
		"no name":    {Keys: [][]byte{key('a')}},
		"past lease": {Replica: "a", Keys: [][]byte{key('a')}, Lease: -1},
	} {
		if _, err := journal.New(t.Context(), openStore(t, newPath(t)), options); err == nil {
			t.Errorf("%s: accepted", name)
		} else {
			t.Log(err)
			leaksNot(t, err.Error(), 'a', 'b')
		}
	}
}

// leaksNot fails the test if a text shows one of the keys.
func leaksNot(t *testing.T, text string, letters ...byte) {
	t.Helper()
	for _, letter := range letters {
		k := key(letter)[:8]
		for _, form := range []string{string(k), hex.EncodeToString(k), base64.StdEncoding.EncodeToString(k)[:8], fmt.Sprintf("%d", k)} {
			if strings.Contains(text, strings.Trim(form, "[]")) {
				t.Errorf("a key stands in %q", text)
			}
		}
	}
}

func claims(t *testing.T, j *journal.Journal, exclusiveKey string, want int) {
	t.Helper()
	if records, err := j.FindClaims(t.Context(), "opencell", exclusiveKey); err != nil || len(records) != want {
		t.Fatalf("claims of %q: %v, %v", exclusiveKey, records, err)
	}
}
