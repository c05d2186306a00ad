package once

import (
	"context"
	"slices"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// The journal may have lost records: after a restore, or after the promotion of a standby without
// the latest writes. It then has a gap (journal.Gap). While the gap is open, a creation that the
// journal does not know counts as one that another replica may have sent since the gap begins, and
// then died. So its outcome is looked up before anything is sent, as in every such case.

// underGap prepares a record whose intent is about to be written. It fails if the vendor cannot be
// asked whether a lost request created the customer.
func (s *Service) underGap(record *journal.Record, gap journal.Gap) error {
	record.Gap = gap.Opened
	if !gap.IsOpen() || record.Payload.GetGap() {
		return nil
	}
	if s.class(record.Provider) == noneToAsk {
		return refusedInGap(record.Provider, gap)
	}
	countUnanswered(record.Payload, gap.Since)
	record.Payload.Gap = true
	return nil
}

// isUnsent reports whether this record has sent nothing, and only a lost one may have.
func isUnsent(record *journal.Record) bool {
	return record.Payload.GetGap() && record.Payload.GetLookups() == 0
}

// hasSent reports whether a creation was sent, as far as its record shows. Only a creation that
// began in a gap can be open or missing without a send.
func hasSent(record *journal.Record) bool {
	return !record.Payload.GetGap() || record.PayloadDropped || slices.ContainsFunc(record.Payload.GetTries(), hasLeft)
}

// observe returns what remains of a wait for a record. What this process has observed before the
// latest gap was opened does not count: a lost record may have shown a later send. Until its lease
// is over, a replica that does not know of the gap may still send what it had recorded.
func (s *Service) observe(record *journal.Record, whole time.Duration) time.Duration {
	gap := s.journal.Gap()
	record.Gap = gap.Opened
	s.observed.after(record.Gap)
	left := s.observed.wait(record, whole)
	if gap.IsOpen() && whole > 0 {
		left = max(left, whole+s.journal.LeaseLasts()-gap.Age())
	}
	return left
}

// refuseInGap returns the record of a creation at a vendor that cannot be asked. Without a record,
// it returns the error while a gap is open.
func (s *Service) refuseInGap(ctx context.Context, key journal.Key, refused error) (existing *journal.Record, err error) {
	existing, err = s.journal.Get(ctx, key)
	if err == nil && existing == nil {
		err = refused
	}
	return existing, err
}

// refusedInGap is the error for an unknown creation at a vendor that offers no look-up.
func refusedInGap(provider string, gap journal.Gap) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_JOURNAL_UNAVAILABLE,
		Message: "Enlist sent nothing: its journal may have lost the record of an earlier call with this request_id, and provider " + provider +
			" offers no look-up that shows whether that call created the customer. Check at the vendor. If the customer is missing, call again " +
			"with the same request_id after " + gap.Closes.UTC().Format(time.RFC3339) + ".",
		Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: max(gap.Closes.Sub(now()), time.Second),
	}
}

// lookedUpInGap begins the messages about a creation that only a lost record may have sent.
const lookedUpInGap = "The journal may have lost the record of an earlier call with this request_id, so Enlist looks up the customer at provider "
