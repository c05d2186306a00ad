package journaltest

import (
	"bytes"
	order "cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// list lists rows. It fails the test if the list fails.
func list(t *testing.T, store journal.Store, query journal.Query) []*journal.Row {
	t.Helper()
	rows, err := store.List(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// sameOrder fails the test if the rows differ from the wanted rows, or from their order.
func sameOrder(t *testing.T, got, want []*journal.Row) {
	t.Helper()
	if diff := cmp.Diff(ids(want...), ids(got...), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("not those rows in that order (-want +got):\n%s", diff)
	}
}

// instant returns the time a day ago. It truncates the time to microseconds, which is the precision
// of the stores.
func instant() time.Time { return time.Now().Add(-24 * time.Hour).Truncate(time.Microsecond) }

func listFilters(t *testing.T, f *fixture) {
	store := f.open(t)
	start := instant()
	var rows []*journal.Row // oldest first
	for i := range 8 {
		row := newRow()
		row.Principal = []string{"billing", ""}[i%2]
		row.Provider = []string{"opencell", "avvio"}[i/2%2]
		insert(t, store, row)
		if i >= 4 {
			row.State, row.Owner = succeeded, ""
			replace(t, store, row, never)
		}
		row.Created = start.Add(time.Duration(i) * time.Minute)
		f.database.SetCreated(t, row.RequestID, row.Created)
		rows = append(rows, row)
	}
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Minute) }
	for name, c := range map[string]struct {
		query journal.Query
		want  []int
	}{
		"principal":          {journal.Query{Principal: "billing"}, []int{6, 4, 2, 0}},
		"no principal":       {journal.Query{}, []int{7, 5, 3, 1}},
		"stranger":           {journal.Query{Principal: "Billing"}, nil},
		"provider":           {journal.Query{Principal: "billing", Providers: []string{"avvio"}}, []int{6, 2}},
		"providers":          {journal.Query{Principal: "billing", Providers: []string{"avvio", "caliq", "opencell"}, Limit: 3}, []int{6, 4, 2}},
		"everybody":          {journal.Query{Everybody: true, Limit: 6}, []int{7, 6, 5, 4, 3, 2}},
		"everybody's at one": {journal.Query{Everybody: true, Providers: []string{"avvio"}}, []int{7, 6, 3, 2}},
		"everybody's in one": {journal.Query{Everybody: true, State: succeeded}, []int{7, 6, 5, 4}},
		"everybody's intent": {journal.Query{Everybody: true, State: intent, Providers: []string{"opencell"}}, []int{1, 0}},
		"state":              {journal.Query{Principal: "billing", State: succeeded}, []int{6, 4}},
		"state and provider": {journal.Query{Principal: "billing", Providers: []string{"opencell"}, State: intent}, []int{0}},
		"other state":        {journal.Query{Principal: "billing", State: failed}, nil},
		"from":               {journal.Query{Principal: "billing", From: at(2)}, []int{6, 4, 2}},
		"until":              {journal.Query{Principal: "billing", Until: at(4)}, []int{2, 0}},
		"from and until":     {journal.Query{Principal: "billing", From: at(2), Until: at(6)}, []int{4, 2}},
		"empty time":         {journal.Query{Principal: "billing", From: at(3), Until: at(4)}, nil},
		"limit":              {journal.Query{Principal: "billing", Limit: 3}, []int{6, 4, 2}},
		"all": {
			journal.Query{Principal: "", Providers: []string{"avvio"}, State: succeeded, From: at(5), Until: at(8), Limit: 5},
			[]int{7},
		},
	} {
		if c.query.Limit == 0 {
			c.query.Limit = 100
		}
		var want []*journal.Row
		for _, i := range c.want {
			want = append(want, rows[i])
		}
		t.Run(name, func(t *testing.T) {
			got := list(t, store, c.query)
			sameOrder(t, got, want)
			same(t, got, want)
		})
	}
}

func listStates(t *testing.T, f *fixture) {
	store := f.open(t)
	start := instant()
	states := []enlistv1.OperationState{intent, succeeded, failed, notSent, unknown, needsPerson}
	want := map[enlistv1.OperationState][]*journal.Row{}
	for i := range 5 * len(states) {
		row := insertAs(t, store, states[i%len(states)], never)
		f.database.SetCreated(t, row.RequestID, start.Add(time.Duration(i)*time.Second))
		want[row.State] = append([]*journal.Row{row}, want[row.State]...)
	}
	for _, state := range states {
		for _, providers := range [][]string{nil, {"opencell"}, {"avvio", "opencell"}} {
			query := journal.Query{Principal: "billing", Providers: providers, State: state, Limit: 2}
			sameOrder(t, pages(t, store, query, nil), want[state])
			query = journal.Query{Everybody: true, Providers: providers, State: state, Limit: 2}
			sameOrder(t, pages(t, store, query, nil), want[state])
		}
	}
}

// listHashes lists the rows with one of some hashes: open rows by Exclusive, others by Customer.
func listHashes(t *testing.T, f *fixture) {
	store := f.open(t)
	start := instant()
	states := []enlistv1.OperationState{intent, unknown, succeeded, failed, notSent, needsPerson}
	var rows, want []*journal.Row
	for i := range 4 * len(states) {
		row := newRow()
		row.Principal = []string{"billing", "crm"}[i%4/2]
		row.Provider = []string{"opencell", "avvio"}[i/12]
		insert(t, store, row)
		row.State, row.Owner = states[i%len(states)], ""
		if !row.IsOpen() {
			row.Customer = []byte{byte(i)}
		}
		replace(t, store, row, never)
		f.database.SetCreated(t, row.RequestID, start.Add(time.Duration(i)*time.Second))
		rows = append(rows, row)
	}
	hashes := [][]byte{[]byte("nobody's")}
	for i, row := range rows {
		if i%3 == 0 {
			continue
		}
		want = append([]*journal.Row{row}, want...)
		hashes = append(hashes, row.Exclusive, row.Customer)
	}
	hashes = slices.DeleteFunc(hashes, func(hash []byte) bool { return hash == nil })
	for name, c := range map[string]struct {
		query journal.Query
		is    func(*journal.Row) bool
	}{
		"everybody": {journal.Query{Everybody: true}, func(*journal.Row) bool { return true }},
		"principal": {journal.Query{Principal: "crm"}, func(row *journal.Row) bool { return row.Principal == "crm" }},
		"provider":  {journal.Query{Everybody: true, Providers: []string{"avvio"}}, func(row *journal.Row) bool { return row.Provider == "avvio" }},
		"state":     {journal.Query{Everybody: true, State: failed}, func(row *journal.Row) bool { return row.State == failed }},
		"times": {journal.Query{Everybody: true, From: start.Add(2 * time.Second), Until: start.Add(9 * time.Second)}, func(row *journal.Row) bool {
			i := slices.Index(rows, row)
			return i >= 2 && i < 9
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.query.Hashes, c.query.Limit = hashes, 3
			sameOrder(t, pages(t, store, c.query, nil), slices.DeleteFunc(slices.Clone(want), func(row *journal.Row) bool { return !c.is(row) }))
		})
	}
	rows[1].State, rows[1].Owner = succeeded, "" // its Exclusive is gone
	former := rows[1].Exclusive
	replace(t, store, rows[1], never)
	if found := list(t, store, journal.Query{Everybody: true, Hashes: [][]byte{former}, Limit: 3}); len(found) > 0 {
		t.Errorf("found %v under a hash that it no longer has", ids(found...))
	}
}

// pages reads all pages. It calls between after each full page.
func pages(t *testing.T, store journal.Store, query journal.Query, between func()) []*journal.Row {
	t.Helper()
	var all []*journal.Row
	for {
		page := list(t, store, query)
		if len(page) > query.Limit {
			t.Fatalf("%d rows on a page of %d", len(page), query.Limit)
		}
		all = append(all, page...)
		if len(page) < query.Limit {
			return all
		}
		last := page[len(page)-1]
		query.After = &journal.Position{Created: last.Created, Provider: last.Provider, RequestID: last.RequestID}
		if between != nil {
			between()
		}
	}
}

func listPages(t *testing.T, f *fixture) {
	store := f.open(t)
	start := instant()
	var want []*journal.Row
	for i := range 10 {
		row := insert(t, store, newRow())
		f.database.SetCreated(t, row.RequestID, start.Add(time.Duration(i)*time.Microsecond))
		want = append([]*journal.Row{row}, want...)
	}
	for _, limit := range []int{1, 3, 5, 10, 11} {
		sameOrder(t, pages(t, store, journal.Query{Principal: "billing", Limit: limit}, nil), want)
		sameOrder(t, pages(t, store, journal.Query{Principal: "billing", Providers: []string{"opencell"}, Limit: limit}, nil), want)
	}
	bounded := journal.Query{
		Principal: "billing", Limit: 2,
		From: start.Add(2 * time.Microsecond), Until: start.Add(8 * time.Microsecond),
	}
	sameOrder(t, pages(t, store, bounded, nil), want[2:8])
}

func listSameInstant(t *testing.T, f *fixture) {
	store := f.open(t)
	at := instant()
	var all, ofOne []*journal.Row
	for i := range 12 {
		row := newRow()
		row.Provider = []string{"b", "a", "c"}[i%3]
		insert(t, store, row)
		f.database.SetCreated(t, row.RequestID, at)
		all = append(all, row)
		if row.Provider == "b" {
			ofOne = append(ofOne, row)
		}
	}
	order := func(a, b *journal.Row) int {
		if a.Provider != b.Provider {
			return slices.Compare([]byte(a.Provider), []byte(b.Provider))
		}
		return slices.Compare(a.RequestID[:], b.RequestID[:])
	}
	slices.SortFunc(all, order)
	slices.SortFunc(ofOne, order)
	for _, limit := range []int{1, 2, 5} {
		sameOrder(t, pages(t, store, journal.Query{Principal: "billing", Limit: limit}, nil), all)
		sameOrder(t, pages(t, store, journal.Query{Principal: "billing", Providers: []string{"b"}, Limit: limit}, nil), ofOne)
		sameOrder(t, pages(t, store, journal.Query{Principal: "billing", State: intent, Limit: limit}, nil), all)
		sameOrder(t, pages(t, store, journal.Query{Principal: "billing", Providers: []string{"c", "b", "a"}, Limit: limit}, nil), all)
		sameOrder(t, pages(t, store, journal.Query{Everybody: true, Limit: limit}, nil), all)
	}
}

func listWhileInserting(t *testing.T, f *fixture) {
	store := f.open(t)
	for range 20 {
		insert(t, store, newRow())
	}
	before := list(t, store, journal.Query{Principal: "billing", Limit: 100})
	got := pages(t, store, journal.Query{Principal: "billing", Limit: 3}, func() { insert(t, store, newRow()) })
	there := map[uuid.UUID]int{}
	for _, row := range got {
		there[row.RequestID]++
	}
	for _, row := range before {
		if there[row.RequestID] != 1 {
			t.Errorf("a row that was there before was listed %d times", there[row.RequestID])
		}
	}
}

// The journal has more pairs of principal and provider than a page has rows. Some rows have the
// same time.
func listManyPairs(t *testing.T, f *fixture) {
	store := f.open(t)
	start := instant()
	var all []*journal.Row
	for i := range 72 {
		row := newRow()
		row.Principal, row.Provider = []string{"", "billing", "c", "d"}[i%4], []string{"b", "a", "c"}[i%3]
		insert(t, store, row)
		row.State, row.Owner = []enlistv1.OperationState{succeeded, failed, succeeded, needsPerson, failed}[i%5], ""
		replace(t, store, row, never)
		row.Created = start.Add(time.Duration(i*i%17) * time.Second)
		f.database.SetCreated(t, row.RequestID, row.Created)
		all = append(all, row)
	}
	slices.SortFunc(all, func(a, b *journal.Row) int {
		return order.Or(b.Created.Compare(a.Created), strings.Compare(a.Provider, b.Provider), bytes.Compare(a.RequestID[:], b.RequestID[:]))
	})
	for _, query := range []journal.Query{
		{Everybody: true},
		{Everybody: true, Providers: []string{"c", "a"}},
		{Everybody: true, State: succeeded},
		{Everybody: true, State: failed},
		{Everybody: true, State: needsPerson, Providers: []string{"b"}},
		{Everybody: true, From: start.Add(3 * time.Second), Until: start.Add(14 * time.Second)},
		{Principal: "billing"},
		{Principal: "d", State: failed},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(row *journal.Row) bool {
			return !query.Everybody && row.Principal != query.Principal ||
				len(query.Providers) > 0 && !slices.Contains(query.Providers, row.Provider) ||
				query.State != 0 && row.State != query.State ||
				!query.From.IsZero() && (row.Created.Before(query.From) || !row.Created.Before(query.Until))
		})
		for _, query.Limit = range []int{1, 2, 5, 11, 12, 13, 100} {
			sameOrder(t, pages(t, store, query, nil), want)
		}
	}
}
