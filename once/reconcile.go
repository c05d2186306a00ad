package once

import (
	"context"
	"errors"
	"slices"
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
	// sweepTicks is how many ticks lie between two sweeps, and sweepAtOnce how many records a sweep
	// reads beside those that jobs work on.
	sweepTicks  = 10
	sweepAtOnce = 256
	// housekeepingEvery is how often Enlist deletes old records, and encrypts records with the first
	// key. It does so in batches of housekeepingBatch.
	housekeepingEvery = time.Minute
	housekeepingBatch = 500
	// mostCounted is the highest count of creations in a state.
	mostCounted = 1000
	// countAtOnce is how many of them countWaiting reads at a time.
	countAtOnce = 20
	// intentIsOld is how long ago a creation in state INTENT was last written if something is wrong.
	intentIsOld = 5 * time.Minute
)

// reconcile settles due creations until the context ends.
func (s *Service) reconcile(ctx context.Context) {
	t := &turns{free: make(chan struct{}, settleAtOnce), byProvider: map[string]chan struct{}{}}
	for tick := 1; sleep(ctx, s.tick); tick++ {
		s.countUnknown(ctx, tick)
		for s.settleDue(ctx, t) && ctx.Err() == nil {
		}
		if tick%sweepTicks == 0 {
			s.sweep(ctx, t)
		}
	}
}

// turns limit how many creations the reconciler works on at a time.
type turns struct {
	free       chan struct{}
	byProvider map[string]chan struct{}
}

// take takes a turn at a provider, which end ends. end is nil if all turns are taken.
func (t *turns) take(provider string) (end func()) {
	turn := t.byProvider[provider]
	if turn == nil {
		turn = make(chan struct{}, settleAtProvider)
		t.byProvider[provider] = turn
	}
	if len(turn) == cap(turn) || len(t.free) == cap(t.free) { // only the reconciler takes turns
		return nil
	}
	turn <- struct{}{}
	t.free <- struct{}{}
	return func() { <-turn; <-t.free }
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
	return s.settleOwned(ctx, t, claimed) && len(claimed) == room
}

// sweep starts to settle the open records that this replica owns and that no job works on. A claim
// or a write may have been made although it returned an error, or after that. And a database that
// has failed over to a standby may have lost the later writes of a creation. A record is read
// before the jobs are, so a job that has written it and still runs is seen.
func (s *Service) sweep(ctx context.Context, t *turns) {
	owned, err := s.journal.Owned(ctx, s.jobs.count()+sweepAtOnce)
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "journal: could not read this replica's open creations; trying again", "cause", err)
	}
	s.settleOwned(ctx, t, slices.DeleteFunc(owned, func(record *journal.Record) bool { return s.jobs.has(record.Key) }))
}

// settleOwned starts to settle records of this replica. It postpones those that get no turn, so
// that they do not delay others, and reports whether there were any.
func (s *Service) settleOwned(ctx context.Context, t *turns, records []*journal.Record) (postponed bool) {
	var postponing sync.WaitGroup // in parallel, so that the journal commits them together
	defer postponing.Wait()
	for _, record := range records {
		if end := t.take(record.Provider); end != nil {
			s.work.Go(func() {
				defer end()
				s.settleClaimed(ctx, record)
			})
			continue
		}
		postponed = true
		postponing.Go(func() { s.postpone(ctx, record) })
	}
	return postponed
}

// postpone releases a record of this replica for a later turn. If the write fails, a sweep follows.
func (s *Service) postpone(ctx context.Context, record *journal.Record) {
	if record.State == intent {
		s.abandon(record)
	}
	due := time.Duration(-1)
	if record.State == unknown {
		due = jitter(turnAgainAfter)
	}
	record.Owner = ""
	// Not s.update: a job of this process may have taken the record, and its write is another one.
	err := s.replace(ctx, newWriter(), record, due)
	if err != nil && !errors.Is(err, journal.ErrConflict) { // then another job works on it
		s.log.WarnContext(ctx, "journal: could not postpone a creation; trying again", "provider", record.Provider,
			"request_id", record.RequestID, "cause", err)
	}
}

// settleClaimed settles a record of this replica. It first waits for a job that already works on
// the creation.
func (s *Service) settleClaimed(ctx context.Context, record *journal.Record) {
	s = s.configured()
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

// countUnknown counts the creations in state UNKNOWN. It reads why they are unknown less often.
func (s *Service) countUnknown(ctx context.Context, tick int) {
	count, err := s.journal.Count(ctx, unknown, 0, mostCounted)
	if err != nil {
		return
	}
	before := s.unknowns.Swap(int64(count))
	if count != int(before) || count > 0 && tick%sweepTicks == 0 {
		s.countWaiting(ctx, unknown)
	}
}

// countWaiting counts the creations in state UNKNOWN or NEEDS_PERSON by provider and reason, the
// newest ones if there are many. It reads a few at a time, because a record may be large.
func (s *Service) countWaiting(ctx context.Context, state enlistv1.OperationState) {
	counts := map[waits]int{}
	query := journal.Query{Everybody: true, State: state, Limit: countAtOnce}
	for total := 0; total < mostCounted; total += query.Limit {
		records, err := s.journal.List(ctx, query)
		if err != nil { // a record cannot be opened, and still counts
			if count, err := s.journal.Count(ctx, state, 0, mostCounted); err == nil {
				s.metrics.setWaiting(state, map[waits]int{{state: state}: count})
			}
			return
		}
		for _, record := range records {
			code, _ := s.Reason(record)
			counts[waits{state, record.Provider, code}]++
			query.After = record.Position()
		}
		if len(records) < query.Limit {
			break
		}
	}
	s.metrics.setWaiting(state, counts)
}

// keepHouse deletes records whose retention is over, and encrypts records with the first key after
// a change of keys, until the context ends.
func (s *Service) keepHouse(ctx context.Context) {
	resealed, clock := 0, slowClock{}
	for sealed := false; ; {
		sealed = sealed || s.sealAnew(ctx, &resealed)
		s.deleteOld(ctx, &clock)
		s.observed.clean()
		s.countWaiting(ctx, needsPerson)
		if count, err := s.journal.Count(ctx, intent, intentIsOld, mostCounted); err == nil {
			s.metrics.intentOld.Set(float64(count))
		}
		if !sleep(ctx, housekeepingEvery) {
			return
		}
	}
}

// sealAnew encrypts records with the first key that other keys encrypt, and adds their number to
// total. It reports whether none are left.
func (s *Service) sealAnew(ctx context.Context, total *int) bool {
	for count := 1; count > 0; {
		var err error
		count, err = s.journal.Reseal(ctx)
		*total += count
		if err != nil {
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "journal: could not encrypt records with the first key; trying again", "cause", err)
			}
			return false
		}
	}
	if *total > 0 {
		s.log.InfoContext(ctx, "journal: the first key of journal.encryption_keys encrypts every record; you can remove the other keys",
			"records", *total)
	}
	return true
}
