package journalsize_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

var (
	size   = flag.Int("journal.rows", 0, "rows of the large journal; 0: nothing is measured")
	kind   = flag.String("journal.store", "sqlite", "sqlite or postgres")
	turns  = flag.Int("journal.turns", 5, "how often each journal is measured")
	table  = flag.String("journal.table", "", "Markdown file that gets the table, between its markers")
	ids    = flag.String("journal.ids", "4", "version of the UUIDs that callers number creates with: 4, random, or 7, by time")
	folder = flag.String("journal.folder", "", "where the SQLite files are, and stay; those that are there are measured again. A temporary one by default")
)

// database is one of the two measured databases.
type database struct {
	name string
	rows int
	open func(context.Context) (journal.Store, error)
	fill func(t *testing.T) (write func(context.Context, []*journal.Row) error, done func())
	size func(t *testing.T) int64
	// there returns the keys of some rows from an earlier run, or nil if the database is empty.
	there func(t *testing.T) []journal.Key
	// forget drops the files from the system's cache, and remember loads them again. Both are nil
	// if the system cannot do this.
	forget, remember func(t *testing.T)

	journal *journal.Journal
	keys    []journal.Key
	figures map[string][]float64
}

// TestMillions measures a journal of many rows and one of few, in turns.
func TestMillions(t *testing.T) {
	if *size == 0 {
		t.Skip("it is not asked for: make journal-size ROWS=2000000")
	}
	databases := []*database{{name: "small", rows: 2 * expired}, {name: "large", rows: *size + expired}}
	for _, d := range databases {
		d.figures = map[string][]float64{}
	}
	switch *kind {
	case "sqlite":
		for _, d := range databases {
			d.onSQLite(t)
		}
	case "postgres":
		cluster := postgrestest.Start(t)
		for _, d := range databases {
			d.onPostgres(t, cluster.Database(t))
		}
	default:
		t.Fatalf("-journal.store=%s: sqlite or postgres", *kind)
	}
	for _, d := range databases {
		store, err := d.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d.keys = d.there(t); d.keys == nil {
			write, done := d.fill(t)
			d.keys = fill(t, store, d.rows, write)
			done()
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	for turn := range *turns {
		for _, d := range databases {
			d.coldStart(t)
		}
		for _, step := range steps() {
			for _, d := range databases {
				step(t, d)
			}
		}
		for _, d := range databases {
			if err := d.journal.Close(); err != nil {
				t.Fatal(err)
			}
		}
		slices.Reverse(databases)
		t.Logf("turn %d of %d", turn+1, *turns)
	}
	slices.SortFunc(databases, func(a, b *database) int { return a.rows - b.rows })
	text := report(t, databases[0], databases[1])
	fmt.Println(text)
	if *table != "" {
		writeTable(t, text)
	}
}

func (d *database) onSQLite(t *testing.T) {
	t.Helper()
	in := *folder
	if in == "" {
		in = t.TempDir()
	}
	path := filepath.Join(in, d.name+".db")
	d.open = func(ctx context.Context) (journal.Store, error) { return sqlite.Open(ctx, path, sqlite.Options{}) }
	d.fill = func(t *testing.T) (func(context.Context, []*journal.Row) error, func()) {
		t.Helper()
		return fillSQLite(t, path)
	}
	d.size = func(t *testing.T) int64 {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	d.there = func(t *testing.T) []journal.Key {
		t.Helper()
		return keysIn(t, path)
	}
	d.forget = func(t *testing.T) {
		t.Helper()
		forget(t, path)
	}
	d.remember = func(t *testing.T) {
		t.Helper()
		remember(t, path)
	}
}

// remember makes the system read a file. The system caches as much as it has room for.
func remember(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(io.Discard, file); err != nil {
		t.Fatal(err)
	}
}

// keysIn returns the keys of some rows of a file that have not expired.
func keysIn(t *testing.T, path string) (keys []journal.Key) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.QueryContext(t.Context(), "SELECT principal, provider, request_id FROM operations WHERE created > ? AND id % 97 = 0 LIMIT 200000",
		time.Now().Add(-retention).UnixMicro())
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var key journal.Key
		var id []byte
		if err := found.Scan(&key.Principal, &key.Provider, &id); err != nil {
			t.Fatal(err)
		}
		key.RequestID = uuid.UUID(id)
		keys = append(keys, key)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return keys
}

func (d *database) onPostgres(t *testing.T, dsn string) {
	t.Helper()
	d.there = func(*testing.T) []journal.Key { return nil }
	d.open = func(ctx context.Context) (journal.Store, error) { return postgres.Open(ctx, dsn, postgres.Options{}) }
	d.fill = func(t *testing.T) (func(context.Context, []*journal.Row) error, func()) {
		t.Helper()
		return fillPostgres(t, dsn)
	}
	d.size = func(t *testing.T) (size int64) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		if err := conn.QueryRow(t.Context(), "SELECT pg_total_relation_size('enlist.operations') + pg_total_relation_size('enlist.exchanges')").Scan(&size); err != nil {
			t.Fatal(err)
		}
		return size
	}
}

// coldStart opens the journal. If possible, the system has cached none of its files.
func (d *database) coldStart(t *testing.T) {
	t.Helper()
	if d.forget != nil {
		d.forget(t)
	}
	began := time.Now()
	store, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d.journal, err = journal.New(t.Context(), store, options("r"+fmt.Sprint(rand.Int()))); err != nil {
		t.Fatal(err)
	}
	d.add("open and New, ms", ms(time.Since(began)))
}

// The number of operations in a turn. It is low enough that the small journal stays small.
const (
	createsAtOnce = 10_000 // by 64 callers
	createsByOne  = 1_500
	reads         = 1_000
)

func (d *database) add(name string, figure float64) {
	d.figures[name] = append(d.figures[name], figure)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// steps returns the measurements of a turn. Each runs on both journals before the next one starts.
func steps() []func(*testing.T, *database) {
	createsBy := func(callers, count int) func(*testing.T, *database) {
		return func(t *testing.T, d *database) {
			t.Helper()
			took, whole := d.creates(t, callers, count)
			name := fmt.Sprintf("creates, callers=%d: ", callers)
			d.add(name+"per second", float64(count)/whole.Seconds())
			d.add(name+"p50, ms", ms(quantile(took, 0.5)))
			d.add(name+"p99, ms", ms(quantile(took, 0.99)))
		}
	}
	return []func(*testing.T, *database){
		coldCreates, warmUp, createsBy(64, createsAtOnce), createsBy(1, createsByOne),
		func(t *testing.T, d *database) {
			t.Helper()
			d.addReads(t, "Get", func(ctx context.Context) error {
				record, err := d.journal.Get(ctx, d.keys[rand.IntN(len(d.keys))])
				if err == nil && record == nil {
					err = errors.New("a row is missing")
				}
				return err
			})
		},
		findOpen,
		func(t *testing.T, d *database) {
			t.Helper()
			d.addReads(t, "List, first page of 50", func(ctx context.Context) error {
				page, err := d.journal.List(ctx, journal.Query{Principal: principals[0], Limit: 50})
				if err == nil && len(page) != 50 {
					err = errors.New("a short page")
				}
				return err
			})
		},
		func(t *testing.T, d *database) {
			t.Helper()
			d.addReads(t, "Claim, nothing due", func(ctx context.Context) error {
				_, err := d.journal.Claim(ctx, 64)
				return err
			})
		},
		claim, purge,
	}
}

// coldCreates measures the first creations after the start, while the system has cached none of the
// files.
func coldCreates(t *testing.T, d *database) {
	t.Helper()
	const first = 2000
	_, whole := d.creates(t, 64, first)
	if d.forget != nil {
		d.add("the first 2000 creates after a cold start, callers=64: per second", first/whole.Seconds())
	}
}

// warmUp prepares statements and loads pages, as in a process that has run for a while. The
// machine's memory then holds the indexes.
func warmUp(t *testing.T, d *database) {
	t.Helper()
	if d.remember != nil {
		d.remember(t)
	}
	d.creates(t, 64, 2000)
	for range 200 {
		if _, err := d.journal.Get(t.Context(), d.keys[rand.IntN(len(d.keys))]); err != nil {
			t.Fatal(err)
		}
	}
}

func findOpen(t *testing.T, d *database) {
	t.Helper()
	open := newRecord()
	d.begin(t, open)
	d.addReads(t, "FindOpen", func(ctx context.Context) error {
		record, err := d.journal.FindOpen(ctx, open.Provider, open.Payload.GetExclusiveKey())
		if err == nil && record == nil {
			err = errors.New("the open row is missing")
		}
		return err
	})
	d.end(t, open)
}

func purge(t *testing.T, d *database) {
	t.Helper()
	began := time.Now()
	count := 0
	for _, provider := range providers {
		_, deleted, err := d.journal.Purge(t.Context(), provider, journal.Retention{Payload: retention, Outcome: retention}.Before(time.Now()), 1000/len(providers))
		if err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		count += deleted
	}
	if count != 1000 && *folder == "" {
		t.Fatalf("%s: purged %d", d.name, count)
	}
	if count < 1000 { // files from several earlier runs hold no expired rows
		return
	}
	d.add("Purge of 1000, ms", ms(time.Since(began)))
}

func (d *database) begin(t *testing.T, record *journal.Record) {
	t.Helper()
	existing, busy, err := d.journal.Begin(t.Context(), record)
	if existing != nil || busy != nil || err != nil {
		t.Fatalf("%s: existing %v, busy %v, %v", d.name, existing, busy, err)
	}
}

func (d *database) end(t *testing.T, record *journal.Record) {
	t.Helper()
	record.State, record.Owner = succeeded, ""
	if err := d.journal.Update(t.Context(), record, -1); err != nil {
		t.Fatal(err)
	}
}

// creates lets callers record creations with Begin and then Update. It returns the time of each one
// and of all together.
func (d *database) creates(t *testing.T, callers, count int) (took []time.Duration, whole time.Duration) {
	t.Helper()
	took = make([]time.Duration, count)
	var next atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range callers {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(count); i = next.Add(1) - 1 {
				record := newRecord()
				began := time.Now()
				_, _, err := d.journal.Begin(t.Context(), record)
				if err == nil {
					record.State, record.Owner = succeeded, ""
					err = d.journal.Update(t.Context(), record, -1)
				}
				if err != nil {
					t.Error(err)
					return
				}
				took[i] = time.Since(began)
			}
		})
	}
	group.Wait()
	return took, time.Since(start)
}

// addReads measures a call that changes nothing.
func (d *database) addReads(t *testing.T, name string, call func(context.Context) error) {
	t.Helper()
	took := make([]time.Duration, reads)
	for i := range took {
		began := time.Now()
		if err := call(t.Context()); err != nil {
			t.Fatalf("%s: %s: %v", d.name, name, err)
		}
		took[i] = time.Since(began)
	}
	d.add(name+": p50, ms", ms(quantile(took, 0.5)))
	d.add(name+": p99, ms", ms(quantile(took, 0.99)))
}

// claim measures a Claim of 64 due rows.
func claim(t *testing.T, d *database) {
	t.Helper()
	const due = 64
	for range due {
		record := newRecord()
		d.begin(t, record)
		record.State, record.Owner = unknown, ""
		if err := d.journal.Update(t.Context(), record, 0); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(10 * time.Millisecond)
	began := time.Now()
	claimed, err := d.journal.Claim(t.Context(), due)
	d.add("Claim of 64, ms", ms(time.Since(began)))
	if err != nil || len(claimed) != due {
		t.Fatalf("%s: claimed %d: %v", d.name, len(claimed), err)
	}
	for _, record := range claimed {
		d.end(t, record)
	}
}

func quantile(of []time.Duration, q float64) time.Duration {
	slices.Sort(of)
	return of[int(q*float64(len(of)-1))]
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// report builds the table of medians over the turns. A ratio above 1 means that the large journal
// is worse.
func report(t *testing.T, small, large *database) string {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s, %d processors, %s/%s, median of %d turns\n\n", *kind, time.Now().Format(time.DateOnly), runtime.NumCPU(),
		runtime.GOOS, runtime.GOARCH, *turns)
	fmt.Fprintf(&text, "| | %d rows | %d rows | ratio | of the turns |\n|---|---:|---:|---:|---:|\n", small.rows, large.rows)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range small.figures {
			if !yield(name) {
				return
			}
		}
	}) {
		a, b := median(small.figures[name]), median(large.figures[name])
		var ratios []float64
		for i := range small.figures[name] {
			ratios = append(ratios, worse(name, small.figures[name][i], large.figures[name][i]))
		}
		fmt.Fprintf(&text, "| %s | %.3g | %.3g | %.2f | %.2f to %.2f |\n", name, a, b, worse(name, a, b), slices.Min(ratios), slices.Max(ratios))
	}
	fmt.Fprintf(&text, "| size, MiB | %d | %d | | |\n", small.size(t)>>20, large.size(t)>>20)
	return text.String()
}

func worse(name string, small, large float64) float64 {
	if strings.HasSuffix(name, "per second") {
		return small / large
	}
	return large / small
}

// writeTable writes the table between its markers.
func writeTable(t *testing.T, text string) {
	t.Helper()
	page, err := os.ReadFile(*table)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- journal-size "+*kind+" -->\n", "<!-- journal-size "+*kind+" end -->"
	before, rest, found := strings.Cut(string(page), begin)
	_, after, foundEnd := strings.Cut(rest, end)
	if !found || !foundEnd {
		t.Fatalf("%s has no markers %s", *table, begin)
	}
	if err := os.WriteFile(*table, []byte(before+begin+text+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}
