package once

import (
	"context"
	"time"
)

const (
	// slowClockPace is how many times faster than this process's monotonic clock the slow clock moves
	// at most. It is more than 1, so that the slow clock catches up after a time without a process.
	slowClockPace = 4
	// slowClockKept is how far the slow clock in the journal may differ from this process's.
	slowClockKept = time.Hour
)

// slowClock tells the age of records to the deletion of old ones. The journal's clock may jump. So
// the slow clock follows it at a limited pace, which the monotonic clock measures. A jump of any
// size deletes nothing at once: while the clock is a year ahead for an hour, records age by four
// hours. The journal keeps the slow clock. So a process that starts while the clock is wrong begins
// where the earlier ones ended. Several replicas together are no faster than one, because each goes
// by its own slow clock after its start.
type slowClock struct {
	at   time.Time
	kept time.Time // the slow clock in the journal
	seen time.Time // when it moved last, on the monotonic clock
}

// follow moves the slow clock towards a clock. It returns the earlier of the two.
func (c *slowClock) follow(clock time.Time, passed time.Duration) time.Time {
	most := slowClockPace * max(passed, 0)
	switch {
	case clock.After(c.at.Add(most)):
		c.at = c.at.Add(most)
	case clock.Before(c.at.Add(-most)):
		c.at = c.at.Add(-most)
	default:
		c.at = clock
	}
	if clock.Before(c.at) {
		return clock
	}
	return c.at
}

// deleteOld deletes the payloads and the records whose retention is over by the slow clock.
func (s *Service) deleteOld(ctx context.Context, c *slowClock) {
	if err := s.deleteOlder(ctx, c); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "journal: could not delete old records; trying again", "cause", err)
	}
}

func (s *Service) deleteOlder(ctx context.Context, c *slowClock) error {
	clock, err := s.moveSlowClock(ctx, c)
	if err != nil {
		return err
	}
	s = s.configured()
	names, err := s.journal.Providers(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		before := s.retentionOf(name).Before(clock)
		for more := true; more; {
			dropped, deleted, err := s.journal.Purge(ctx, name, before, housekeepingBatch)
			if err != nil {
				return err
			}
			more = max(dropped, deleted) == housekeepingBatch
		}
	}
	return nil
}

// moveSlowClock moves the slow clock by the time that has passed since it moved last. It returns
// the time that counts for deletions.
func (s *Service) moveSlowClock(ctx context.Context, c *slowClock) (counts time.Time, err error) {
	if c.seen.IsZero() {
		if c.at, err = s.journal.SlowClock(ctx); err != nil {
			return counts, err
		}
		c.kept, c.seen = c.at, now()
	}
	clock, err := s.journal.Now(ctx)
	if err != nil {
		return counts, err
	}
	at := now()
	counts = c.follow(clock, at.Sub(c.seen))
	c.seen = at
	if c.at.Sub(c.kept).Abs() >= slowClockKept {
		if err := s.journal.KeepSlowClock(ctx, c.at); err != nil {
			return counts, err
		}
		c.kept = c.at
	}
	return counts, nil
}
