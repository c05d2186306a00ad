package journal_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/journal"
)

// mustSay fails the test if an error lacks one of the texts, or shows a key.
func mustSay(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; it should hold %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v\ndoes not hold %q", err, text)
		}
	}
	leaksNot(t, err.Error(), 'a', 'b', 'c')
}

// meddle changes the file of a closed or open journal, as a person with a shell could.
func meddle(t *testing.T, path, text string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Exec(text, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := result.RowsAffected(); n == 0 {
		t.Fatalf("%s has changed nothing", text)
	}
}

func TestKeyIDs(t *testing.T) {
	if got := journal.KeyID(key('a')); got != 0x3ba3f5f4 { // printf 'a%.0s' {1..32} | sha256sum
		t.Errorf("%08x", got)
	}
}

func TestWrongKey(t *testing.T) {
	path := newPath(t)
	j := open(t, path, "a")
	record := begin(t, j, newRecord())
	j.Close()

	_, err := tryOpen(t, path, "bc")
	mustSay(t, err, "cannot decrypt the index key: key "+idOf('a')+" is not configured", "configured: "+idOf('b')+", "+idOf('c'), "Add that key to journal.encryption_keys")

	// The first key opens the index key and seals it again. The records still need the other key.
	open(t, path, "ba").Close()
	_, err = tryOpen(t, path, "b")
	mustSay(t, err, "cannot decrypt some records: key "+idOf('a'), "configured: "+idOf('b'), "Add that key")

	same(t, get(t, open(t, path, "ba"), record.Key), record)
}

func TestRotation(t *testing.T) {
	path := newPath(t)
	j := open(t, path, "a")
	record := newRecord()
	record.Payload.CustomerId = "C-1"
	begin(t, j, record)
	update(t, j, record, succeeded, never)
	var others []*journal.Record
	for range 4 {
		others = append(others, begin(t, j, newRecord()))
	}
	j.Close()

	j = open(t, path, "ab") // the new key is known before it encrypts
	others = append(others, begin(t, j, newRecord()))
	if n, err := j.Reseal(t.Context()); n != 0 || err != nil {
		t.Fatalf("resealed %d, %v: all have the first key", n, err)
	}
	j.Close()

	j = open(t, path, "ba") // the new key encrypts
	others = append(others, begin(t, j, newRecord()))
	update(t, j, others[0], unknown, 0) // before Reseal reaches it
	others[0] = get(t, j, others[0].Key)
	for _, want := range []int{5, 0} {
		if n, err := j.Reseal(t.Context()); n != want || err != nil {
			t.Fatalf("resealed %d, %v, not %d", n, err, want)
		}
	}
	j.Close()

	j = open(t, path, "b") // the old key is gone
	same(t, get(t, j, record.Key), record)
	for _, other := range others {
		same(t, get(t, j, other.Key), other)
		if found, err := j.FindOpen(t.Context(), other.Provider, other.Payload.ExclusiveKey); err != nil || found == nil {
			t.Errorf("a new key has changed the index: %v", err)
		}
	}
	if found, err := j.FindCustomer(t.Context(), "opencell", "C-1"); err != nil || found == nil {
		t.Errorf("a new key has changed the index: %v", err)
	}
	j.Close()
	_, err := tryOpen(t, path, "a")
	mustSay(t, err, idOf('b'))
}

// A record that changes while Reseal works on it is left to the next one.
func TestTakeDuringReseal(t *testing.T) {
	path := newPath(t)
	j := open(t, path, "a")
	record := begin(t, j, newRecord())
	j.Close()
	taking := &takingStore{Store: openStore(t, path)}
	j, err := journal.New(t.Context(), taking, journal.Options{Keys: [][]byte{key('b'), key('a')}, Replica: "b", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 1, 0} {
		if n, err := j.Reseal(t.Context()); n != want || err != nil {
			t.Fatalf("resealed %d, %v, not %d", n, err, want)
		}
	}
	j.Close()
	if got := get(t, open(t, path, "b"), record.Key); got == nil {
		t.Error("the record is gone")
	}
}

// takingStore takes each record once, just before it is sealed again.
type takingStore struct {
	journal.Store
	taken bool
}

func (s *takingStore) Reseal(ctx context.Context, row *journal.Row) error {
	if !s.taken {
		s.taken = true
		if _, err := s.Take(ctx, row, "b"); err != nil {
			return err
		}
	}
	return s.Store.Reseal(ctx, row)
}

// Another replica may go on with the old key. The journal knows that it needs that key.
func TestOldKeyIsUsedAgain(t *testing.T) {
	path := newPath(t)
	open(t, path, "ab").Close()
	j := open(t, path, "ba")
	if n, err := j.Reseal(t.Context()); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	j.Close()
	j = open(t, path, "ab")
	begin(t, j, newRecord())
	j.Close()
	_, err := tryOpen(t, path, "b")
	mustSay(t, err, idOf('a'))
}

// A later version may add fields. This one keeps them.
func TestUnknownFieldsAreKept(t *testing.T) {
	path := newPath(t)
	j := open(t, path, "a")
	record := newRecord()
	unknownField := []byte{0xb0, 0x7f, 0x01}
	record.Payload.ProtoReflect().SetUnknown(unknownField)
	begin(t, j, record)
	update(t, j, record, unknown, 0)
	if got := get(t, j, record.Key).Payload.ProtoReflect().GetUnknown(); !bytes.Equal(got, unknownField) {
		t.Errorf("%x, not %x", got, unknownField)
	}
}

func TestMeddledRecords(t *testing.T) {
	for name, c := range map[string]struct {
		sql string
		say string
	}{
		"changed":         {`UPDATE operations SET outcome = CAST(outcome || x'00' AS BLOB) WHERE request_id = ?1`, "with its key " + idOf('a')},
		"emptied":         {`UPDATE operations SET outcome = x'' WHERE request_id = ?1`, "cannot decrypt"},
		"another row's":   {`UPDATE operations SET outcome = (SELECT outcome FROM operations WHERE request_id <> ?1) WHERE request_id = ?1`, "cannot decrypt"},
		"request":         {`UPDATE operations SET request = (SELECT request FROM operations WHERE request_id <> ?1) WHERE request_id = ?1`, "cannot decrypt"},
		"other part":      {`UPDATE operations SET request = outcome WHERE request_id = ?1`, "cannot decrypt"},
		"exchanges":       {`INSERT INTO exchanges SELECT id, outcome FROM operations WHERE request_id = ?1`, "cannot decrypt"},
		"state":           {`UPDATE operations SET state = 4, due = NULL WHERE request_id = ?1`, "cannot decrypt"},
		"exclusive":       {`UPDATE operations SET exclusive = x'00' WHERE request_id = ?1`, "cannot decrypt"},
		"customer":        {`UPDATE operations SET customer = x'00' WHERE request_id = ?1`, "cannot decrypt"},
		"other provider":  {`UPDATE operations SET provider = provider || 'x' WHERE request_id = ?1`, "cannot decrypt"},
		"other principal": {`UPDATE operations SET principal = 'billin', provider = 'g' || provider WHERE request_id = ?1`, "cannot decrypt"},
		"foreign key":     {`UPDATE operations SET key_id = 5 WHERE request_id = ?1`, "key 00000005 is not configured"},
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			j := open(t, path, "a")
			bad, good := begin(t, j, newRecord()), begin(t, j, newRecord())
			update(t, j, bad, unknown, 0)
			update(t, j, good, unknown, 0)
			meddle(t, path, c.sql, bad.RequestID[:])
			switch name {
			case "other provider":
				bad.Provider += "x"
			case "other principal":
				bad.Principal, bad.Provider = "billin", "g"+bad.Provider
			}

			_, err := j.Get(t.Context(), bad.Key)
			mustSay(t, err, bad.RequestID.String(), c.say)
			_, err = j.List(t.Context(), journal.Query{Principal: bad.Principal, Limit: 10})
			mustSay(t, err, bad.RequestID.String(), c.say)
			_, _, err = j.Begin(t.Context(), &journal.Record{Key: bad.Key})
			mustSay(t, err, bad.RequestID.String(), c.say)

			// Claim continues with the other records, even with a limit of one. It does not return
			// to this record at once.
			claimed, err := j.Claim(t.Context(), 1)
			if err != nil || len(claimed) != 1 || claimed[0].RequestID != good.RequestID {
				t.Fatalf("claimed %v, %v, not the one that can be read", claimed, err)
			}
			claimed, err = j.Claim(t.Context(), 10)
			if err != nil || len(claimed) != 0 {
				t.Fatalf("claimed %v, %v", claimed, err)
			}
			// Owned skips what cannot be read.
			meddle(t, path, `UPDATE operations SET owner = ?`, j.Replica())
			mine, err := j.Owned(t.Context(), 10)
			if err != nil || len(mine) != 1 || mine[0].RequestID != good.RequestID {
				t.Fatalf("owned %v, %v, not the one that can be read", mine, err)
			}
			j.Close()

			if name == "foreign key" {
				_, err := tryOpen(t, path, "ba")
				mustSay(t, err, "00000005")
				return
			}
			j = open(t, path, "ba")
			n, err := j.Reseal(t.Context())
			mustSay(t, err, bad.RequestID.String(), c.say)
			if n != 1 {
				t.Errorf("resealed %d: the other one can be read", n)
			}
		})
	}
}

func TestMeddledIndexKey(t *testing.T) {
	for _, value := range []string{"", "x", "\x01", "\x01aaaa", strings.Repeat("x", 80)} {
		path := newPath(t)
		open(t, path, "a").Close()
		meddle(t, path, `UPDATE secrets SET value = ? WHERE name = 'index'`, []byte(value))
		_, err := tryOpen(t, path, "a")
		mustSay(t, err, "index key")
	}
	path := newPath(t)
	open(t, path, "a").Close()
	meddle(t, path, `UPDATE secrets SET value = CAST(substr(value, 1, 20) || x'00' || substr(value, 22) AS BLOB) WHERE name = 'index'`)
	_, err := tryOpen(t, path, "a")
	mustSay(t, err, "Restore the database from a backup")
}
