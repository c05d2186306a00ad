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
	// settleAtOnce is how many creates the reconciler settles at a time, and at one provider: a vendor that hangs holds up no other.
	settleAtOnce     = 64
	settleAtProvider = 8
	// turnAgainAfter is when a create is due again that had no turn.
	turnAgainAfter = 2 * time.Second
	// settleTimeout bounds the look-up of one.
	settleTimeout = 2 * time.Minute
	// housekeepingEvery is how often old records are deleted and sealed ones sealed anew.
	housekeepingEvery = time.Minute
	housekeepingBatch = 500
	// mostCounted is how far creates in a state are counted.
	mostCounted = 1000
)

// reconcile settles what is due, until the context ends.
func (s *Service) reconcile(ctx context.Context) {
	t := &turns{free: make(chan struct{}, settleAtOnce), byProvider: map[string]chan struct{}{}}
	for sleep(ctx, s.tick) {
		s.countUnknown(ctx)
		for s.settleDue(ctx, t) && ctx.Err() == nil {
		}
	}
}

// turns are how much the reconciler may do at a time.
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

// settleDue begins to settle what is due, and puts off what has no turn at its provider: it must not keep others waiting. It reports whether
// there may be others behind that.
func (s *Service) settleDue(ctx context.Context, t *turns) (more bool) {
	room := cap(t.free) - len(t.free)
	if room == 0 {
		return false
	}
	claimed, err := s.journal.Claim(ctx, room)
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "journal: could not claim due creations; trying again", "cause", err)
	}
	var puttingOff sync.WaitGroup // at once, so that the journal commits them together
	defer puttingOff.Wait()
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
			puttingOff.Go(func() { s.putOff(ctx, record) })
		}
	}
	return more
}

// putOff leaves a claimed record for a later turn.
func (s *Service) putOff(ctx context.Context, record *journal.Record) {
	due := s.leave(record, jitter(turnAgainAfter))
	record.Owner = ""
	err := s.replace(ctx, newWriter(), record, due)        // not s.update: a job of this process may have taken it, whose write is not this one's
	if err == nil || errors.Is(err, journal.ErrConflict) { // somebody else is at work on it
		return
	}
	s.log.WarnContext(ctx, "journal: could not postpone a creation; resolving it now", "provider", record.Provider,
		"request_id", record.RequestID, "cause", err)
	s.work.Go(func() { s.settleClaimed(ctx, record) }) // it would be nobody's otherwise
}

// settleClaimed settles a record that this replica has claimed. Where this process is at work on it already, it is left to that, or done after.
func (s *Service) settleClaimed(ctx context.Context, record *journal.Record) {
	for ctx.Err() == nil {
		j, isNew := s.jobs.start(record.Key)
		if !isNew {
			<-j.finished
			continue
		}
		within, cancel := context.WithTimeout(ctx, settleTimeout)
		within, ended := s.settling(within, record)
		_, _ = s.runJob(within, j, func() (*enlistv1.CreateCustomerResponse, error) { return s.drive(within, &run{job: j, known: true}) })
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

// keepHouse deletes records whose retention is over and seals records anew after a change of keys, until the context ends.
func (s *Service) keepHouse(ctx context.Context) {
	resealed := 0
	for sealed := false; ; {
		sealed = sealed || s.sealAnew(ctx, &resealed)
		for {
			deleted, err := s.journal.Purge(ctx, s.retention, housekeepingBatch)
			if err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "journal: could not delete old records; trying again", "cause", err)
			}
			if deleted < housekeepingBatch || err != nil {
				break
			}
		}
		s.observed.clean()
		if count, err := s.journal.Count(ctx, needsPerson, mostCounted); err == nil {
			s.metrics.needsPerson.Set(float64(count))
		}
		if !sleep(ctx, housekeepingEvery) {
			return
		}
	}
}

// sealAnew encrypts with the first key what is encrypted with others, adds up how much, and reports whether that is all.
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
