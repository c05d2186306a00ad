package journalsize_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"
	_ "modernc.org/sqlite" // the driver for filling

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

const (
	intent    = enlistv1.OperationState_OPERATION_STATE_INTENT
	succeeded = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	failed    = enlistv1.OperationState_OPERATION_STATE_FAILED
	unknown   = enlistv1.OperationState_OPERATION_STATE_UNKNOWN
)

const (
	day       = 24 * time.Hour
	retention = 400 * day
	// expired is the number of rows of each journal that are older than the retention. Purge
	// deletes these.
	expired = 20_000
	// chunk is the number of rows per transaction.
	chunk = 20_000
)

// There are few providers and principals, as in production.
var (
	providers  = []string{"avvio", "caliq", "opencell", "sellandsign", "valomnia"}
	principals = []string{"billing", "crm", "shop"}
)

// newRecord returns a creation with a payload of some 1.5 KiB.
func newRecord() *journal.Record {
	id := uuid.New()
	if *ids == "7" {
		id = uuid.Must(uuid.NewV7())
	}
	customer := &enlistv1.Customer{
		Id: strings.ToUpper(id.String()[:8]), Name: &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"},
		DisplayName: "John Smith", Email: id.String()[:13] + "@example.com", Mobile: "+33123546789", LanguageCode: "fr", CurrencyCode: "EUR",
		BillingAddress: &enlistv1.Address{Lines: []string{"673 Eugene Points"}, City: "Nice", PostalCode: "06000", CountryCode: "FR"},
	}
	provider := providers[rand.IntN(len(providers))]
	print := make([]byte, 32)
	for i := range print {
		print[i] = byte(rand.IntN(256))
	}
	body := fmt.Sprintf(`{"code":%q,"description":"John Smith","email":%q,"requestId":%q,"padding":%q}`,
		customer.GetId(), customer.GetEmail(), id, strings.Repeat("x", 700))
	return &journal.Record{
		Key: journal.Key{Principal: principals[rand.IntN(len(principals))], Provider: provider, RequestID: id},
		Payload: &journalv1.Payload{
			Request: &enlistv1.CreateCustomerRequest{Provider: provider, RequestId: id.String(), Customer: customer}, Fingerprint: print,
			ExclusiveKey: uuid.NewString(), CustomerId: uuid.NewString(),
			Response: &enlistv1.CreateCustomerResponse{Customer: customer, RequestId: id.String(), Outcome: enlistv1.Outcome_OUTCOME_CREATED},
			Tries: []*enlistv1.OperationTry{{
				Number: 1, Kind: enlistv1.TryKind_TRY_KIND_SEND, StartTime: timestamppb.Now(), EndTime: timestamppb.Now(), HttpStatus: 200,
				Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Request: &enlistv1.VendorRequest{
					Method: "POST", Url: "https://vendor.example/api/rest/v2/customers/createOrUpdate", Body: body,
				},
				ResponseBody: `{"status":"SUCCESS","message":"","entityId":4711}`,
			}},
		},
	}
}

// capture is a store that keeps the rows that a journal has sealed, instead of writing them.
type capture struct {
	journal.Store
	row     *journal.Row
	request []byte // of the row that was inserted last
}

func (c *capture) Insert(_ context.Context, row *journal.Row) (existing, busy *journal.Row, err error) {
	row.Version, c.request = 1, row.Request
	return nil, nil, nil
}

func (c *capture) Update(_ context.Context, row *journal.Row, _ time.Duration) error {
	row.Version, row.Request, c.row = 2, c.request, row
	return nil
}

func (c *capture) Close() error { return nil }

// rows produces the rows of ended creations, one after the other. A real journal seals them.
type rows struct {
	journal *journal.Journal
	capture *capture
	size    int // of the last row's parts
}

func newRows(t *testing.T, on journal.Store) *rows {
	t.Helper()
	r := &rows{capture: &capture{Store: on}}
	var err error
	if r.journal, err = journal.New(t.Context(), r.capture, options("fill")); err != nil {
		t.Fatal(err)
	}
	return r
}

func options(replica string) journal.Options {
	return journal.Options{Keys: [][]byte{bytes.Repeat([]byte{7}, journal.KeySize)}, Replica: replica, Lease: time.Minute}
}

func (r *rows) make(t *testing.T, created time.Time) *journal.Row {
	t.Helper()
	record := newRecord()
	if _, _, err := r.journal.Begin(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	record.State, record.Owner = succeeded, ""
	if rand.IntN(100) < 3 {
		record.State = failed
	}
	if err := r.journal.Update(t.Context(), record, -1); err != nil {
		t.Fatal(err)
	}
	row := r.capture.row
	row.Created, row.Updated = created, created.Add(time.Second)
	r.size = len(row.Outcome) + len(row.Request) + len(row.Exchanges)
	return row
}

// fill writes count rows in the order of their creation. The oldest rows have expired. fill returns
// some of the keys.
func fill(t *testing.T, on journal.Store, count int, write func(context.Context, []*journal.Row) error) []journal.Key {
	t.Helper()
	made, began := newRows(t, on), time.Now()
	defer made.journal.Close()
	var keys []journal.Key
	var batch []*journal.Row
	for i := range count {
		at := time.Now().Add(-retention - day + day*time.Duration(i)/expired)
		if i >= expired {
			at = time.Now().Add(-retention + day + (retention-2*day)*time.Duration(float64(i-expired)/float64(count)*1e6)/1e6)
		}
		row := made.make(t, at)
		if i >= expired && rand.IntN(max(count/200_000, 1)) == 0 {
			keys = append(keys, journal.Key{Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID})
		}
		if batch = append(batch, row); len(batch) == chunk || i == count-1 {
			if err := write(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			batch = batch[:0]
			if (i+1)%500_000 == 0 {
				t.Logf("%d rows after %s", i+1, time.Since(began).Round(time.Second))
			}
		}
	}
	t.Logf("%d rows of %d bytes sealed in %s", count, made.size, time.Since(began).Round(time.Second))
	return keys
}

// fillSQLite bypasses the store, because the store syncs every commit.
func fillSQLite(t *testing.T, path string) (write func(context.Context, []*journal.Row) error, done func()) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, pragma := range []string{"synchronous = off", "cache_size = -2000000"} {
		if _, err := db.ExecContext(t.Context(), "PRAGMA "+pragma); err != nil {
			t.Fatal(err)
		}
	}
	write = func(ctx context.Context, batch []*journal.Row) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		insert, err := tx.PrepareContext(ctx, `INSERT INTO operations (principal, provider, request_id, state, version, customer, owner,
			created, updated, key_id, held, outcome, request) VALUES (?, ?, ?, ?, 2, ?, '', ?, ?, ?, 1, ?, ?) RETURNING id`)
		if err != nil {
			return err
		}
		exchange, err := tx.PrepareContext(ctx, `INSERT INTO exchanges (id, payload) VALUES (?, ?)`)
		if err != nil {
			return err
		}
		for _, row := range batch {
			var customer any
			if row.Customer != nil {
				customer = row.Customer
			}
			var id int64
			if err := insert.QueryRowContext(ctx, row.Principal, row.Provider, row.RequestID[:], int(row.State), customer,
				row.Created.UnixMicro(), row.Updated.UnixMicro(), row.KeyID, row.Outcome, row.Request).Scan(&id); err != nil {
				return err
			}
			if _, err := exchange.ExecContext(ctx, id, row.Exchanges); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
	return write, func() {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// fillPostgres copies rows into the table.
func fillPostgres(t *testing.T, dsn string) (write func(context.Context, []*journal.Row) error, done func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SET synchronous_commit = off"); err != nil {
		t.Fatal(err)
	}
	columns := []string{
		"principal", "provider", "request_id", "state", "rare", "version", "customer", "owner", "created", "updated", "key_id", "held", "outcome", "request",
	}
	exchanges := []string{"principal", "provider", "request_id", "created", "customer", "payload"}
	write = func(ctx context.Context, batch []*journal.Row) error {
		_, err := conn.CopyFrom(ctx, pgx.Identifier{"enlist", "operations"}, columns, pgx.CopyFromSlice(len(batch), func(i int) ([]any, error) {
			row := batch[i]
			var rare *int16
			if state := int16(row.State); row.State != succeeded {
				rare = &state
			}
			return []any{
				row.Principal, row.Provider, [16]byte(row.RequestID), int16(row.State), rare, int64(2), row.Customer, "",
				row.Created, row.Updated, int64(row.KeyID), true, row.Outcome, row.Request,
			}, nil
		}))
		if err != nil {
			return err
		}
		_, err = conn.CopyFrom(ctx, pgx.Identifier{"enlist", "exchanges"}, exchanges, pgx.CopyFromSlice(len(batch), func(i int) ([]any, error) {
			row := batch[i]
			return []any{row.Principal, row.Provider, [16]byte(row.RequestID), row.Created, row.Customer, row.Exchanges}, nil
		}))
		return err
	}
	return write, func() {
		if _, err := conn.Exec(context.Background(), "VACUUM ANALYZE enlist.operations, enlist.exchanges"); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}
