package journal

import (
	"context"
	"errors"
	"fmt"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
)

// Reseal encrypts up to limit records again that another key than the first has sealed. It returns
// their number. If it returns 0 without an error, the journal no longer needs the other keys. A
// record that cannot be opened does not stop the others. Reseal returns its error after them.
func (j *Journal) Reseal(ctx context.Context, limit int) (int, error) {
	// Another replica, with the keys in another order, may have sealed the index key with its own
	// first key.
	if _, err := openIndex(ctx, j.store, j.keys); err != nil {
		return 0, err
	}
	ids, err := j.store.KeyIDs(ctx)
	if err != nil {
		return 0, err
	}
	done, unreadable := 0, []error(nil)
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
				unreadable = append(unreadable, err)
				continue
			}
			if err := j.resealRow(ctx, row, payload); err != nil {
				return done, err
			}
			done++
		}
	}
	return done, firstOf(unreadable)
}

// resealRow encrypts one record again. A conflict is no error, because the writer that changed the
// record has sealed it again.
func (j *Journal) resealRow(ctx context.Context, row *Row, payload *journalv1.Payload) error {
	if err := j.sealPayload(row, payload); err != nil {
		return err
	}
	if err := j.store.Reseal(ctx, row); !errors.Is(err, ErrConflict) {
		return err
	}
	return nil
}

// firstOf returns the first error and the number of the others.
func firstOf(all []error) error {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return fmt.Errorf("%w (and %d more)", all[0], len(all)-1)
}
