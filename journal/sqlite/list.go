package sqlite

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// The ways to read a list. Each statement names its index, because SQLite would have to guess which
// filter is narrow.
const (
	listMost       = iota // all states, or SUCCEEDED: few rows are skipped
	listRare              // FAILED, NOT_SENT, UNKNOWN or NEEDS_PERSON
	listIntent            // one row per creation in progress: the statement sorts them
	listCustomer          // few rows have a hash: the statement sorts them
	everybodysMost        // the same for all principals
	everybodysRare
	everybodysIntent
	everybodysCustomer
)

// listTexts holds the statements. ?1 is the principal. ?2 and ?3 are the first and last
// microsecond. ?4 to ?6 are the position, and ?7 is the limit. ?8 is the state or 0. ?9 is a JSON
// array of providers. ?10 is a JSON array of hashes in hexadecimal form.
var listTexts = [...]string{ //nolint:gochecknoglobals // a constant
	listMost:           merged("principal = ?1"),
	listRare:           mergedRare("AND principal = ?1"),
	listIntent:         sorted("principal = ?1 AND"),
	listCustomer:       hashed("principal = ?1 AND"),
	everybodysMost:     merged("true"),
	everybodysRare:     mergedRare(""),
	everybodysIntent:   sorted(""),
	everybodysCustomer: hashed(""),
}

const (
	ofProviders = "(?9 = '[]' OR provider IN (SELECT value FROM json_each(?9)))"
	upToLast    = " AND ?3 AND (created < ?4 OR (provider, request_id) > (?5, ?6)) AND ?8 IN (0, state)"
	newestFirst = " ORDER BY created DESC, provider, request_id LIMIT ?7"
)

func sorted(where string) string {
	return `SELECT ` + columns + ` FROM operations INDEXED BY operations_open
  WHERE exclusive IS NOT NULL AND state = 1 AND ` + where + ` ` + ofProviders + ` AND created BETWEEN ?2` + upToLast + newestFirst
}

// hashed lists the rows with one of some hashes.
func hashed(where string) string {
	const hashes = `(SELECT unhex(value) FROM json_each(?10))`
	return `SELECT ` + columns + ` FROM operations WHERE id IN (
    SELECT id FROM operations INDEXED BY operations_customer WHERE customer IS NOT NULL AND customer IN ` + hashes + `
    UNION ALL
    SELECT id FROM operations INDEXED BY operations_open WHERE exclusive IS NOT NULL AND exclusive IN ` + hashes + `)
  AND ` + where + ` ` + ofProviders + ` AND created BETWEEN ?2` + upToLast + newestFirst
}

// withPairs lists the existing pairs of principal and provider. One look-up past a pair finds the
// next pair.
const withPairs = `
  pairs (whose, at) AS (
    SELECT principal, provider FROM (SELECT principal, provider FROM operations INDEXED BY operations_list
      WHERE principal >= '' ORDER BY principal, provider LIMIT 1)
    UNION ALL
    SELECT principal, provider FROM pairs AS pair CROSS JOIN operations ON id = coalesce(
      (SELECT id FROM operations INDEXED BY operations_list WHERE principal = pair.whose AND provider > pair.at ORDER BY provider LIMIT 1),
      (SELECT id FROM operations INDEXED BY operations_list WHERE principal > pair.whose ORDER BY principal, provider LIMIT 1))
  )`

// merged lists the rows of each pair of principal and provider. The index holds each pair's rows in
// order, first those whose payload is dropped. One look-up past a pair finds the next pair. So the
// number of look-ups depends on the pairs, not on the rows. The newest row of each group shows
// which groups can be on the page. There are at most as many as the page has rows. If there are
// that many, those rows also show how old a row on the page can be.
func merged(where string) string {
	return mergedBy("operations_list", where, "(VALUES (1), (0))", " AND held = pair.held")
}

// mergedRare lists rows of one rare state in the same way. Its index does not tell whether a
// payload is held.
func mergedRare(where string) string {
	return mergedBy("operations_rare", "state NOT IN (1, 2) AND state = ?8 "+where, "(VALUES (1))", "")
}

func mergedBy(index, where, payloads, ofPayload string) string {
	rows := ` FROM operations INDEXED BY ` + index + ` WHERE ` + where
	ofPair := rows + ` AND principal = pair.whose AND provider = pair.at` + ofPayload + ` AND created BETWEEN `
	return `WITH RECURSIVE
  pairs (whose, at) AS (
    SELECT principal, provider FROM (SELECT principal, provider` + rows + ` AND principal >= '' ORDER BY principal, provider LIMIT 1)
    UNION ALL
    SELECT principal, provider FROM pairs AS pair CROSS JOIN operations ON id = coalesce(
      (SELECT id` + rows + ` AND principal = pair.whose AND provider > pair.at ORDER BY provider LIMIT 1),
      (SELECT id` + rows + ` AND principal > pair.whose ORDER BY principal, provider LIMIT 1))
  ),
  payloads (held) AS ` + payloads + `,
  newest (whose, at, held, created) AS MATERIALIZED (
    SELECT principal, provider, pair.held, created FROM (SELECT whose, at, held FROM pairs CROSS JOIN payloads) AS pair CROSS JOIN operations ON id = (
      SELECT id` + ofPair + `?2` + upToLast + ` ORDER BY created DESC, request_id LIMIT 1)
    WHERE ` + ofProviders + newestFirst + `
  ),
  oldest (created) AS MATERIALIZED (SELECT iif(count(*) < ?7, ?2, min(created)) FROM newest)
SELECT ` + columns + ` FROM (SELECT whose, at, held FROM newest) AS pair CROSS JOIN operations ON id IN (
  SELECT id` + ofPair + `(SELECT created FROM oldest)` + upToLast + ` ORDER BY created DESC, request_id LIMIT ?7)` + newestFirst
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
		last = min(last, after) // the upper bound of the read: SQLite seeks to one bound and only filters by the others
	}
	providers, err := json.Marshal(append([]string{}, query.Providers...))
	if err != nil {
		return nil, err
	}
	way := wayOf(query)
	values := []any{query.Principal, first, last, after, afterProvider, orNull(afterID), query.Limit, query.State, string(providers)}
	if way%everybodysMost == listCustomer {
		values = append(values, hexes(query.Hashes))
	}
	return collect(s.reads.list[way].QueryContext(ctx, values...))
}

// hexes returns hashes as a JSON array in hexadecimal form.
func hexes(hashes [][]byte) string {
	texts := make([]string, len(hashes))
	for i, hash := range hashes {
		texts[i] = `"` + hex.EncodeToString(hash) + `"`
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// wayOf chooses the way to read a list.
func wayOf(query journal.Query) int {
	way := listRare
	switch query.State {
	case enlistv1.OperationState_OPERATION_STATE_UNSPECIFIED, enlistv1.OperationState_OPERATION_STATE_SUCCEEDED:
		way = listMost
	case enlistv1.OperationState_OPERATION_STATE_INTENT:
		way = listIntent
	}
	if len(query.Hashes) > 0 {
		way = listCustomer
	}
	if query.Everybody {
		way += everybodysMost
	}
	return way
}

// ceilMicro returns a time in microseconds, rounded up. Rows have whole microseconds. So a row at 1
// is before 1.5, and also before 2.
func ceilMicro(t time.Time) int64 { return t.Add(time.Microsecond - 1).UnixMicro() }
