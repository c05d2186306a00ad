package once

import (
	"context"
	"errors"
	"sync"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

const (
	// settleAtOnce is how many creations the reconciler settles at a time, and settleAtProvider how
	// many of one provider, so that a vendor that hangs delays no other.
	settleAtOnce     = 64
	settleAtProvider = 8
	// turnAgainAfter is when a creation is due again that got no turn.
	turnAgainAfter = 2 * time.Second
	// settleTimeout bounds the work on one creation.
	settleTimeout = 2 * time.Minute
	// housekeepingEvery is how often Enlist deletes old records, and encrypts records with the first
	// key. It does so in batches of housekeepingBatch.
	housekeepingEvery = time.Minute
	housekeepingBatch = 500
	// mostCounted is the highest count of creations in a state.
	mostCounted = 1000
)

// reconcile settles due creations until the context ends.
func (s *Service) reconcile(ctx context.Context) {
	t := &turns{free: make(chan struct{}, settleAtOnce), byProvider: map[string]chan struct{}{}}
	for sleep(ctx, s.tick) {
		s.countUnknown(ctx)
		for s.settleDue(ctx, t) && ctx.Err() == nil {
		}
	}
}

// turns limit how many creations the reconciler works on at a time.
type turns struct {
	free       chan struct{}
	byProvider map[string]chan struct{}
}

func (t *turns) at(provider string) chan struct{} {
	turn := t.byProvider[provider]
	if turn == nil {
		turn = make(chan struct{}, settleAtProvider)
		t.byProvider[provider] = turn
	}
	return turn
}

// settleDue starts to settle due creations. It postpones those that get no turn at their provider,
// so that they do not delay others. It reports whether more may be due.
func (s *Service) settleDue(ctx context.Context, t *turns) (more bool) {
	room := cap(t.free) - len(t.free)
	if room == 0 {
		return false
	}
	claimed, err := s.journal.Claim(ctx, room)
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "journal: could not claim due creations; trying again", "cause", err)
	}
	var postponing sync.WaitGroup // in parallel, so that the journal commits them together
	defer postponing.Wait()
	for _, record := range claimed {
		turn := t.at(record.Provider)
		select {
		case turn <- struct{}{}:
			t.free <- struct{}{}
			s.work.Go(func() {
				defer func() { <-turn; <-t.free }()
				s.settleClaimed(ctx, record)
			})
		default:
			more = len(claimed) == room
			postponing.Go(func() { s.postpone(ctx, record) })
		}
	}
	return more
}

// postpone releases a claimed record for a later turn.
func (s *Service) postpone(ctx context.Context, record *journal.Record) {
	due := s.leave(record, jitter(turnAgainAfter))
	record.Owner = ""
	// Not s.update: a job of this process may have taken the record, and its write is another one.
	err := s.replace(ctx, newWriter(), record, due)
	if err == nil || errors.Is(err, journal.ErrConflict) { // another job works on it
		return
	}
	s.log.WarnContext(ctx, "journal: could not postpone a creation; resolving it now", "provider", record.Provider,
		"request_id", record.RequestID, "cause", err)
	s.work.Go(func() { s.settleClaimed(ctx, record) }) // else no replica would work on it
}

// settleClaimed settles a record that this replica has claimed. It first waits for a job that
// already works on the creation.
func (s *Service) settleClaimed(ctx context.Context, record *journal.Record) {
	for ctx.Err() == nil {
		j, isNew := s.jobs.start(record.Key)
		if !isNew {
			<-j.finished
			continue
		}
		within, cancel := context.WithTimeout(ctx, settleTimeout)
		within, ended := s.settling(within, record)
		_, _ = s.runJob(within, j, func() (*enlistv1.CreateCustomerResponse, error) {
			return s.drive(within, &run{job: j, recorded: true, claimed: true})
		})
		<-j.finished
		ended()
		cancel()
		return
	}
}

func (s *Service) countUnknown(ctx context.Context) {
	if count, err := s.journal.Count(ctx, unknown, mostCounted); err == nil {
		s.unknowns.Store(int64(count))
		s.metrics.unknown.Set(float64(count))
	}
}

// keepHouse deletes records whose retention is over, and encrypts records with the first key after
// a change of keys, until the context ends.
func (s *Service) keepHouse(ctx context.Context) {
	resealed := 0
	for sealed := false; ; {
		sealed = sealed || s.sealAnew(ctx, &resealed)
		s.deleteOld(ctx)
		s.observed.clean()
		if count, err := s.journal.Count(ctx, needsPerson, mostCounted); err == nil {
			s.metrics.needsPerson.Set(float64(count))
		}
		if !sleep(ctx, housekeepingEvery) {
			return
		}
	}
}

// deleteOld deletes the records whose retention is over.
func (s *Service) deleteOld(ctx context.Context) {
	for {
		deleted, err := s.journal.Purge(ctx, s.retention, housekeepingBatch)
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "journal: could not delete old records; trying again", "cause", err)
		}
		if deleted < housekeepingBatch || err != nil {
			return
		}
	}
}

// sealAnew encrypts records with the first key that other keys encrypt, and adds their number to
// total. It reports whether none are left.
func (s *Service) sealAnew(ctx context.Context, total *int) bool {
	for {
		count, err := s.journal.Reseal(ctx, housekeepingBatch)
		*total += count
		if err != nil {
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "journal: could not encrypt records with the first key; trying again", "cause", err)
			}
			return false
		}
		if count == 0 {
			if *total > 0 {
				s.log.InfoContext(ctx, "journal: the first key of journal.encryption_keys encrypts every record; you can remove the other keys",
					"records", *total)
			}
			return true
		}
	}
}
