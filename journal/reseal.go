package journal

import (
	"context"
	"errors"
	"fmt"
)

// Reseal encrypts up to limit records anew that are sealed with another key than the first, and says how many. When it says 0 without an
// error, the other keys are not needed any more. A record that cannot be opened does not keep it from the others; it is the error
// after them.
func (j *Journal) Reseal(ctx context.Context, limit int) (int, error) {
	// Another replica, started with the keys in another order, may have sealed the index key with its own first.
	if _, err := openIndex(ctx, j.store, j.keys); err != nil {
		return 0, err
	}
	ids, err := j.store.KeyIDs(ctx)
	if err != nil {
		return 0, err
	}
	done := 0
	var unreadable error
	passedOver := 0
	for _, id := range ids {
		if id == j.keys.primary || done >= limit {
			continue
		}
		rows, err := j.store.SealedWith(ctx, id, limit-done)
		if err != nil {
			return done, err
		}
		for _, row := range rows {
			payload, err := j.openPayload(row)
			if err != nil {
				passedOver++
				if unreadable == nil {
					unreadable = err
				}
				continue
			}
			if err := j.sealPayload(row, payload); err != nil {
				return done, err
			}
			err = j.store.Reseal(ctx, row)
			if err != nil && !errors.Is(err, ErrConflict) {
				return done, err
			}
			done++ // a conflict is one too: who changed the record has sealed it anew
		}
	}
	if passedOver > 1 {
		unreadable = fmt.Errorf("%w (and %d more)", unreadable, passedOver-1)
	}
	return done, unreadable
}
