package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// listPlan is one way to read a list. ?1 principal, ?2 and ?3 the first and last microsecond, ?4 to ?6 the position, ?7 the limit,
// ?8 provider, ?9 state.
type listPlan struct{ index, where string }

// The plans, by what a query filters on. That each has its index is said outright: SQLite would have to guess which filter is narrow.
const (
	listAll = iota
	listProvider
	listSucceeded
	listProviderSucceeded
	listState
	listProviderState
	listIntent
)

// everybody is how many plans lie between that for a principal and that for all principals together.
const everybody = listIntent + 1

var listPlans = [2 * everybody]listPlan{ //nolint:gochecknoglobals // a constant
	listAll:      {"operations_list", ofPrincipal},
	listProvider: {"operations_list_provider", ofPrincipal + " AND provider = ?8"},
	// Most rows have succeeded: few are passed over.
	listSucceeded:         {"operations_list", ofPrincipal + " AND state = 2"},
	listProviderSucceeded: {"operations_list_provider", ofPrincipal + " AND provider = ?8 AND state = 2"},
	listState:             {"operations_list_state", ofPrincipal + " AND state NOT IN (1, 2) AND state = ?9"},
	listProviderState:     {"operations_list_provider_state", ofPrincipal + " AND provider = ?8 AND state NOT IN (1, 2) AND state = ?9"},
	// As many as calls are under way: they are sorted.
	listIntent: {"operations_open", ofPrincipal + " AND state IN (1, 5) AND state = 1 AND (?8 = '' OR provider = ?8)"},

	everybody + listAll:               {"operations_everybody", ""},
	everybody + listProvider:          {"operations_everybody_provider", " AND provider = ?8"},
	everybody + listSucceeded:         {"operations_everybody", " AND state = 2"},
	everybody + listProviderSucceeded: {"operations_everybody_provider", " AND provider = ?8 AND state = 2"},
	everybody + listState:             {"operations_everybody_state", " AND state NOT IN (1, 2) AND state = ?9"},
	everybody + listProviderState:     {"operations_everybody_provider_state", " AND provider = ?8 AND state NOT IN (1, 2) AND state = ?9"},
	everybody + listIntent:            {"operations_open", " AND state IN (1, 5) AND state = 1 AND (?8 = '' OR provider = ?8)"},
}

const ofPrincipal = " AND principal = ?1"

func (p listPlan) text() string {
	return `SELECT ` + columns + ` FROM operations INDEXED BY ` + p.index + ` WHERE created BETWEEN ?2 AND ?3
    AND (created < ?4 OR (provider, request_id) > (?5, ?6))` + p.where + `
    ORDER BY created DESC, provider, request_id LIMIT ?7`
}

// List implements journal.Store. The rows of several providers are read one provider after the other, each from its index.
func (s *Store) List(ctx context.Context, query journal.Query) ([]*journal.Row, error) {
	if len(query.Providers) == 0 {
		return s.listOf(ctx, query, "")
	}
	var all []*journal.Row
	for _, provider := range query.Providers {
		rows, err := s.listOf(ctx, query, provider)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b *journal.Row) int {
		return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.Provider, b.Provider), bytes.Compare(a.RequestID[:], b.RequestID[:]))
	})
	return all[:min(query.Limit, len(all))], nil
}

func (s *Store) listOf(ctx context.Context, query journal.Query, provider string) ([]*journal.Row, error) {
	first, last := int64(math.MinInt64), int64(math.MaxInt64)
	if !query.From.IsZero() {
		first = ceilMicro(query.From)
	}
	if !query.Until.IsZero() {
		last = ceilMicro(query.Until) - 1
	}
	after, afterProvider, afterID := int64(math.MaxInt64), "", []byte(nil)
	if at := query.After; at != nil {
		after, afterProvider, afterID = at.Created.UnixMicro(), at.Provider, at.RequestID[:]
		last = min(last, after) // the upper end of what is read: SQLite takes one bound for that, the rest it would filter
	}
	return collect(s.reads.list[planOf(query, provider)].QueryContext(ctx, query.Principal, first, last, after, afterProvider, orNull(afterID),
		query.Limit, provider, query.State))
}

// planOf chooses the plan of a query at a provider, empty for all.
func planOf(query journal.Query, provider string) int {
	plan := 0
	if query.Everybody {
		plan = everybody
	}
	if provider != "" && query.State != enlistv1.OperationState_OPERATION_STATE_INTENT {
		plan++
	}
	switch query.State {
	case enlistv1.OperationState_OPERATION_STATE_UNSPECIFIED:
		return plan + listAll
	case enlistv1.OperationState_OPERATION_STATE_SUCCEEDED:
		return plan + listSucceeded
	case enlistv1.OperationState_OPERATION_STATE_INTENT:
		return plan + listIntent
	default:
		return plan + listState
	}
}

// ceilMicro is a time in microseconds, rounded up: rows' times are whole, and one at 1.0 is before 1.5 as well as at 1.
func ceilMicro(t time.Time) int64 { return t.Add(time.Microsecond - 1).UnixMicro() }
