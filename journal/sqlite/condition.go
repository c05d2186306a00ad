package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	sqlite3 "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// tryAgainEvery is how often the writer tries whether it can write again.
const tryAgainEvery = 2 * time.Second

// condition is what the store knows about the health of the database.
type condition struct {
	log   *slog.Logger
	gauge prometheus.Gauge

	mu      sync.Mutex
	damaged error // stays: only a restart on another file helps
	failed  error // of the latest write; nil after a success
}

func newCondition(log *slog.Logger, metrics prometheus.Registerer) *condition {
	return &condition{log: log, gauge: promauto.With(metrics).NewGauge(prometheus.GaugeOpts{
		Name: "enlist_journal_damaged", Help: "1 if the SQLite journal is damaged, else 0. Restore it from a backup.",
	})}
}

// noticed looks for damage in an error of SQLite.
func (c *condition) noticed(err error) {
	if !isDamage(err) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.damaged != nil {
		return
	}
	c.damaged = err
	c.gauge.Set(1)
	c.log.ErrorContext(context.Background(), "journal: the database is damaged. Stop Enlist and restore it from a backup", "cause", err)
}

// wrote notes the outcome of a transaction.
func (c *condition) wrote(err error) {
	c.noticed(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = err
}

func (c *condition) get() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.damaged != nil {
		return fmt.Errorf("the journal is damaged; restore it from a backup: %w", c.damaged)
	}
	if c.failed != nil {
		return fmt.Errorf("the journal cannot be written: %w", c.failed)
	}
	return nil
}

// errDamaged is the error of a check that found damage.
var errDamaged = errors.New("the database is damaged")

// isDamage reports whether an error says that the database is damaged.
func isDamage(err error) bool {
	if errors.Is(err, errDamaged) {
		return true
	}
	var failure *sqlite3.Error
	if !errors.As(err, &failure) {
		return false
	}
	code := failure.Code() & 0xff
	return code == codes.SQLITE_CORRUPT || code == codes.SQLITE_NOTADB
}

// Condition implements journal.Conditioned.
func (s *Store) Condition() error { return s.condition.get() }

// Noticed implements journal.Conditioned.
func (s *Store) Noticed(err error) { s.condition.noticed(err) }
