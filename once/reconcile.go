package once

import (
	"context"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

const (
	// settleAtOnce is how many creates the reconciler settles at a time, and at one provider: a vendor that hangs holds up no other.
	settleAtOnce     = 64
	settleAtProvider = 8
	// settleTimeout bounds the look-up of one.
	settleTimeout = 2 * time.Minute
	// housekeepingEvery is how often old records are deleted and sealed ones sealed anew.
	housekeepingEvery = time.Minute
	housekeepingBatch = 500
)

// reconcile settles what is due, until the context ends.
func (s *Service) reconcile(ctx context.Context) {
	free := make(chan struct{}, settleAtOnce)
	byProvider := map[string]chan struct{}{}
	for sleep(ctx, s.tick) {
		s.countUnknown(ctx)
		room := cap(free) - len(free)
		if room == 0 {
			continue
		}
		claimed, err := s.journal.Claim(ctx, room)
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "journal: due creates could not be claimed; trying again", "cause", err)
		}
		for _, record := range claimed {
			turn := byProvider[record.Provider]
			if turn == nil {
				turn = make(chan struct{}, settleAtProvider)
				byProvider[record.Provider] = turn
			}
			free <- struct{}{}
			s.work.Go(func() {
				defer func() { <-free }()
				s.settleClaimed(ctx, record, turn)
			})
		}
	}
}

// settleClaimed settles a record that this replica has claimed. Where this process is at work on it already, it is left to that, or done after.
func (s *Service) settleClaimed(ctx context.Context, record *journal.Record, turn chan struct{}) {
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return
	}
	for {
		f, isNew := s.flights.board(record.Key)
		if !isNew {
			<-f.landed
			continue
		}
		within, cancel := context.WithTimeout(ctx, settleTimeout)
		_, _ = s.fly(within, f, func() (*enlistv1.CreateCustomerResponse, error) { return nil, s.settleOnce(within, f, record.Key) })
		<-f.landed
		cancel()
		return
	}
}

func (s *Service) countUnknown(ctx context.Context) {
	if count, err := s.journal.CountUnknown(ctx, 1000); err == nil {
		s.unknowns.Store(int64(count))
	}
}

// keepHouse deletes records whose retention is over and seals records anew after a change of keys, until the context ends.
func (s *Service) keepHouse(ctx context.Context) {
	s.sealAnew(ctx)
	for {
		for {
			deleted, err := s.journal.Purge(ctx, s.retention, housekeepingBatch)
			if err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "journal: old records could not be deleted; trying again", "cause", err)
			}
			if deleted < housekeepingBatch || err != nil {
				break
			}
		}
		s.observed.clean()
		if !sleep(ctx, housekeepingEvery) {
			return
		}
	}
}

// sealAnew encrypts with the first key what is encrypted with others.
func (s *Service) sealAnew(ctx context.Context) {
	total := 0
	for {
		count, err := s.journal.Reseal(ctx, housekeepingBatch)
		total += count
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.WarnContext(ctx, "journal: records could not be encrypted anew; trying again", "cause", err)
			if !sleep(ctx, housekeepingEvery) {
				return
			}
		case count == 0 || err != nil:
			if total > 0 {
				s.log.InfoContext(ctx, "journal: every record is encrypted with the first of journal.encryption_keys; the others can go", "records", total)
			}
			return
		}
	}
}
