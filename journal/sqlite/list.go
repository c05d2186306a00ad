package sqlite

import (
	"context"
	"math"
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

var listPlans = [...]listPlan{ //nolint:gochecknoglobals // a constant
	listAll:      {"operations_list", ""},
	listProvider: {"operations_list_provider", " AND provider = ?8"},
	// Most rows have succeeded: few are passed over.
	listSucceeded:         {"operations_list", " AND state = 2"},
	listProviderSucceeded: {"operations_list_provider", " AND provider = ?8 AND state = 2"},
	listState:             {"operations_list_state", " AND state NOT IN (1, 2) AND state = ?9"},
	listProviderState:     {"operations_list_provider_state", " AND provider = ?8 AND state NOT IN (1, 2) AND state = ?9"},
	// As many as calls are under way: they are sorted.
	listIntent: {"operations_open", " AND state IN (1, 5) AND state = 1 AND (?8 = '' OR provider = ?8)"},
}

func (p listPlan) text() string {
	return `SELECT ` + columns + ` FROM operations INDEXED BY ` + p.index + ` WHERE principal = ?1 AND created BETWEEN ?2 AND ?3
    AND (created < ?4 OR (provider, request_id) > (?5, ?6))` + p.where + `
    ORDER BY created DESC, provider, request_id LIMIT ?7`
}

// List implements journal.Store.
func (s *Store) List(ctx context.Context, query journal.Query) ([]*journal.Row, error) {
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
	return collect(s.reads.list[planOf(query)].QueryContext(ctx, query.Principal, first, last, after, afterProvider, orNull(afterID),
		query.Limit, query.Provider, query.State))
}

// planOf chooses the plan of a query.
func planOf(query journal.Query) int {
	oneProvider := 0
	if query.Provider != "" {
		oneProvider = 1
	}
	switch query.State {
	case enlistv1.OperationState_OPERATION_STATE_UNSPECIFIED:
		return listAll + oneProvider
	case enlistv1.OperationState_OPERATION_STATE_SUCCEEDED:
		return listSucceeded + oneProvider
	case enlistv1.OperationState_OPERATION_STATE_INTENT:
		return listIntent
	default:
		return listState + oneProvider
	}
}

// ceilMicro is a time in microseconds, rounded up: rows' times are whole, and one at 1.0 is before 1.5 as well as at 1.
func ceilMicro(t time.Time) int64 { return t.Add(time.Microsecond - 1).UnixMicro() }
