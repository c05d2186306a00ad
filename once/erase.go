package once

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// Erasure is a person's decision to erase what Enlist holds of a customer.
type Erasure struct {
	// AtVendor asks the vendor to erase the customer, too.
	AtVendor bool
	// By is the person's name, Principal the caller that records it, and Reason why.
	By, Principal, Reason string
}

// Erased is what an erasure has done.
type Erased struct {
	// Tombstones are those of the customer, also of earlier erasures, newest first. At most
	// maxTombstones.
	Tombstones []*journal.Record
	// Count is how many records this erasure has replaced.
	Count int
	// AtVendor is the result of Erasure.AtVendor.
	AtVendor AtVendor
	// Left says where copies are left, one sentence for each place.
	Left []string
}

// maxTombstones limits how many tombstones an erasure returns.
const maxTombstones = 1000

// Erase replaces all records of a customer, which Find has found, by tombstones. The vendor comes
// first: its request needs the customer's id, which a tombstone no longer has. For the same reason
// the record that the subject names comes last. Every step can be repeated, so a call after a crash
// finishes the work. Erase fails if a record of the customer has no outcome.
func (s *Service) Erase(ctx context.Context, subject Subject, held *Held, erasure Erasure) (result *Erased, err error) {
	s = s.configured()
	ctx, cancel := callerContext(ctx)
	defer cancel()
	result = &Erased{}
	if err := settled(held.Operations...); err != nil {
		return nil, err
	}
	step("erase-found")
	result.AtVendor, err = s.atVendor(subject, held, erasure.AtVendor, func(privacy providers.Privacy) string { return privacy.Erasure },
		func(provider providers.Provider) error { return provider.EraseCustomer(ctx, held.CustomerID) })
	if err != nil {
		return nil, err
	}
	step("erase-vendor")
	for _, operation := range lastOf(held, subject.Key) {
		if err := s.eraseOne(ctx, operation.Key, erasure, result); err != nil {
			return nil, err
		}
	}
	if result.Left, err = s.journal.Scrub(ctx); err != nil {
		return nil, notScrubbed(err)
	}
	step("erase-scrubbed")
	s.log.InfoContext(ctx, "erased what the journal held of a customer", "provider", subject.Provider, "principal", erasure.Principal,
		"operations", result.Count, "at_vendor", result.AtVendor.Result.String())
	return result, nil
}

// lastOf returns the operations of a customer, with the one of a key at the end.
func lastOf(held *Held, key *journal.Key) (ordered []HeldOperation) {
	var last []HeldOperation
	for _, operation := range held.Operations {
		if key != nil && operation.Key == *key {
			last = append(last, operation)
			continue
		}
		ordered = append(ordered, operation)
	}
	return append(ordered, last...)
}

// eraseOne replaces a record by a tombstone, unless it is one. It fails if the caller has started
// the creation again meanwhile.
func (s *Service) eraseOne(ctx context.Context, key journal.Key, erasure Erasure, result *Erased) error {
	for {
		record, err := s.get(ctx, key)
		switch {
		case err != nil:
			return journalUnreadable(err)
		case record == nil: // its retention has just ended
			return nil
		case record.State != erased:
			if err := settled(heldOf(record)); err != nil {
				return err
			}
			err = s.bury(ctx, record, erasure)
			if errors.Is(err, journal.ErrConflict) && ctx.Err() == nil {
				continue
			}
			if err != nil {
				return journalUnreadable(err)
			}
			result.Count++
			step("erase-one")
		}
		if len(result.Tombstones) < maxTombstones {
			result.Tombstones = append(result.Tombstones, record)
		}
		return nil
	}
}

// bury replaces a record by a tombstone.
func (s *Service) bury(ctx context.Context, record *journal.Record, erasure Erasure) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	from := record.State
	if err := move(record, erase, eraser); err != nil {
		return err
	}
	err := s.journal.Erase(ctx, record, from, &enlistv1.OperationErasure{
		EraseTime: timestamppb.Now(), Principal: erasure.Principal, DecidedBy: erasure.By, Reason: erasure.Reason,
	})
	if err == nil {
		s.metrics.written(record)
		s.observed.forget(record.Key)
	}
	return err
}

// settled fails if one of some operations has no outcome.
func settled(operations ...HeldOperation) error {
	for _, operation := range operations {
		named := "Enlist cannot erase this customer yet: operation " + operation.Key.RequestID.String()
		if operation.Key.Principal != "" {
			named += " of caller " + operation.Key.Principal
		}
		switch operation.State {
		case needsPerson:
			return &providers.Error{
				Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN, Message: named + " needs a person. Record its outcome with ResolveOperation, and erase again.",
			}
		case unknown:
			return &providers.Error{
				Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN, Message: named + " has no known outcome. Wait with WaitOperation, and erase again.",
				RetryAfter: time.Second,
			}
		case intent:
			return &providers.Error{
				Reason: enlistv1.ErrorReason_REQUEST_IN_PROGRESS, Message: named + " is in progress. Wait with WaitOperation, and erase again.",
				RetryAfter: time.Second,
			}
		}
	}
	return nil
}

// notScrubbed is the error if the records are erased, and the files of the journal still have
// copies.
func notScrubbed(cause error) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_JOURNAL_UNAVAILABLE,
		Message: "Enlist erased the records, but the journal's log still has copies of them: something reads the journal, such as a backup. " +
			"Erase again when it has ended.",
		RetryAfter: 10 * time.Second, Cause: cause,
	}
}

// EraseListed repeats an erasure that a journal has lost, because it was restored from an older
// copy. It reports whether it changed the journal. No service may use the journal.
func EraseListed(ctx context.Context, j *journal.Journal, key journal.Key, by string) (bool, error) {
	record, err := j.Get(ctx, key)
	if err != nil {
		return false, err
	}
	if record == nil { // the copy is older than the request_id, which stays taken
		record = &journal.Record{Key: key, Payload: &journalv1.Payload{}, Gap: j.Gap().Opened}
		if _, _, err := j.Begin(ctx, record); err != nil {
			return false, err
		}
	}
	if record.State == erased {
		return false, nil
	}
	return true, j.Erase(ctx, record, record.State, &enlistv1.OperationErasure{
		EraseTime: timestamppb.Now(), DecidedBy: by, Reason: "A list of erased operations names it.",
	})
}

// isForgotten reports whether a tombstone says nothing about who made its customer: the caller
// chose the id, and may use it again.
func (s *Service) isForgotten(record *journal.Record) bool {
	return record.State == erased && s.class(record.Provider) != verifiableByMatch
}
