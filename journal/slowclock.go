package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"time"
)

// slowClockSecret is the name under which a store keeps the slow clock.
const slowClockSecret = "slow_clock"

// Now returns the time of the store's clock.
func (j *Journal) Now(ctx context.Context) (time.Time, error) { return j.store.Now(ctx) }

// SlowClock returns the time that the store's clock has reached for deletions. Package once moves
// it. A journal without one begins with the time of its newest record, or with the present if that
// is earlier or the journal is empty.
func (j *Journal) SlowClock(ctx context.Context) (time.Time, error) {
	first, err := j.store.Now(ctx)
	if err != nil {
		return time.Time{}, err
	}
	newest, err := j.store.List(ctx, Query{Everybody: true, Limit: 1})
	if err != nil {
		return time.Time{}, err
	}
	if len(newest) > 0 && newest[0].Created.Before(first) {
		first = newest[0].Created
	}
	kept, err := j.store.Secret(ctx, slowClockSecret, encodeTime(first))
	if err != nil {
		return time.Time{}, err
	}
	return decodeTime(kept)
}

// KeepSlowClock records a new time of the slow clock. If another replica has just recorded one,
// that one stays.
func (j *Journal) KeepSlowClock(ctx context.Context, at time.Time) error {
	text := encodeTime(at)
	old, err := j.store.Secret(ctx, slowClockSecret, text)
	if err != nil || bytes.Equal(old, text) {
		return err
	}
	if err := j.store.ReplaceSecret(ctx, slowClockSecret, old, text); !errors.Is(err, ErrConflict) {
		return err
	}
	return nil
}

func encodeTime(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(t.UnixMicro()))
}

func decodeTime(text []byte) (time.Time, error) {
	if len(text) != 8 {
		return time.Time{}, errors.New("journal: the slow clock is not a time: something outside Enlist changed it. " +
			"Delete the row " + slowClockSecret + " from the table secrets")
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(text))).UTC(), nil //nolint:gosec // encodeTime made it
}
