package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

const (
	// DefaultGapLasts is how long a gap stays open.
	DefaultGapLasts = 24 * time.Hour
	// GapSecret is the name under which a store keeps its latest gap.
	GapSecret = "gap"
	// gapMargin is how long before the newest record a gap begins. Writes that ran at the same time
	// may be lost in another order.
	gapMargin = 10 * time.Minute
)

// ErrGap is the error of a write in state INTENT whose caller does not know the latest gap. Nothing
// was written.
var ErrGap = errors.New("journal: the database may have lost records; read the gap and begin again")

// Gap is a stretch of time whose records the database may have lost. The zero value means none.
type Gap struct {
	// Opened is when a replica found the loss, by the store's clock. It identifies the gap.
	Opened time.Time `json:"opened"`
	// Since is the earliest time of a lost record.
	Since time.Time `json:"since"`
	// Closes is when the gap closes.
	Closes time.Time `json:"closes"`
	// Why says what the replica found.
	Why string `json:"why"`

	end time.Time // when it closes, on this process's monotonic clock
}

// IsOpen reports whether the gap still counts.
func (g Gap) IsOpen() bool { return time.Now().Before(g.end) }

// Age returns how long ago the gap was opened, on this process's monotonic clock.
func (g Gap) Age() time.Duration { return time.Since(g.end.Add(g.Opened.Sub(g.Closes))) }

// String says what is lost and when the gap closes.
func (g Gap) String() string {
	return fmt.Sprintf("a gap is open until %s: %s", g.Closes.Format(time.RFC3339), g.Why)
}

// NewGap returns a gap that a store opens after another one. newest is the creation time of its
// newest record, or zero if it has none. lasts is how long the gap stays open; 0 means
// DefaultGapLasts.
func NewGap(now, newest time.Time, why string, before Gap, lasts time.Duration) Gap {
	now = now.UTC().Truncate(time.Microsecond)
	gap := Gap{Opened: now, Since: time.Unix(0, 0).UTC(), Closes: now.Add(cmp.Or(lasts, DefaultGapLasts)), Why: why}
	if !newest.IsZero() {
		gap.Since = newest.Add(-gapMargin).UTC()
	}
	if before.Closes.After(now) && before.Since.Before(gap.Since) {
		gap.Since = before.Since
	}
	gap.measure(now)
	return gap
}

// measure moves the end of the gap to this process's monotonic clock.
func (g *Gap) measure(now time.Time) {
	g.end = time.Now().Add(min(g.Closes.Sub(now), g.Closes.Sub(g.Opened)))
}

// Encode returns the form in which a store keeps the gap.
func (g Gap) Encode() []byte {
	text, _ := json.Marshal(g) // cannot fail
	return text
}

// DecodeGap reads what Encode returned. now is the time of the store's clock. No text is no gap.
func DecodeGap(text []byte, now time.Time) (gap Gap, err error) {
	if len(text) == 0 {
		return Gap{}, nil
	}
	if err := json.Unmarshal(text, &gap); err != nil {
		return Gap{}, errors.New("journal: the gap cannot be read: something outside Enlist changed it. " +
			"Delete the row " + GapSecret + " from the table secrets, and run `enlist restore` to open a gap")
	}
	gap.measure(now)
	return gap, nil
}

// Gap returns the latest gap of the store, as far as this replica knows it. A write in state INTENT
// fails with ErrGap if there is a later one.
func (j *Journal) Gap() Gap { return j.store.Gap() }

// gapWatch logs each gap once, and exports whether one is open.
type gapWatch struct {
	mutex sync.Mutex
	seen  time.Time
}

func (j *Journal) watchGap(registry prometheus.Registerer) {
	promauto.With(registry).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "enlist_journal_gap", Help: "1 while the journal has a gap: it may have lost records, and Enlist looks up unknown requests before it sends them.",
	}, func() float64 {
		if j.noteGap(context.Background()); j.Gap().IsOpen() {
			return 1
		}
		return 0
	})
	j.noteGap(context.Background())
}

// noteGap logs an open gap that this replica has not logged yet.
func (j *Journal) noteGap(ctx context.Context) {
	gap := j.Gap()
	j.watched.mutex.Lock()
	defer j.watched.mutex.Unlock()
	if !gap.IsOpen() || gap.Opened.Equal(j.watched.seen) {
		return
	}
	j.watched.seen = gap.Opened
	j.log.ErrorContext(ctx, "journal: a gap is open: "+gap.Why+". Until it closes, Enlist looks up each unknown request_id before it sends anything. "+
		"See \"Gaps\" in docs/operations.md", slog.Time("opened", gap.Opened), slog.Time("since", gap.Since), slog.Time("closes", gap.Closes))
}
