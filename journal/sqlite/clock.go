package sqlite

import (
	"context"
	"time"
)

// Now implements journal.Store.
func (s *Store) Now(context.Context) (time.Time, error) { return s.clock(), nil }
