package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

const sqlNewest = `SELECT created FROM operations ORDER BY id DESC LIMIT 1`

// readGap reads the latest gap of a database.
func readGap(ctx context.Context, db querier, now time.Time) (journal.Gap, error) {
	text, err := storedSecret(ctx, db, journal.GapSecret)
	if err != nil {
		return journal.Gap{}, err
	}
	return journal.DecodeGap(text, now)
}

// openGap opens a gap that begins shortly before the newest record.
func openGap(ctx context.Context, conn *sql.Conn, now time.Time, why string, lasts time.Duration) error {
	before, err := readGap(ctx, conn, now)
	if err != nil {
		return err
	}
	var created sql.NullInt64
	if err := conn.QueryRowContext(ctx, sqlNewest).Scan(&created); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var newest time.Time
	if created.Valid {
		newest = micros(created.Int64)
	}
	_, err = conn.ExecContext(ctx, sqlOverwrite, journal.GapSecret, journal.NewGap(now, newest, why, before, lasts).Encode())
	return err
}
