package once

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Drift compares a customer that was just read with what the last creation or update through Enlist
// wrote. It returns nil if the journal has none, or no longer has the request. It names the
// request_id and the written values only for a creation of the principal, or of any principal with
// others.
func (s *Service) Drift(
	ctx context.Context, principal string, others bool, provider string, current *enlistv1.Customer,
) (*enlistv1.Drift, error) {
	described := s.configured().describe(provider)
	if described == nil { // it was configured when the customer was read
		return nil, notConfigured(provider)
	}
	record, err := s.journal.FindCustomer(ctx, provider, current.GetId())
	if err != nil {
		return nil, journalUnreadable(err)
	}
	if record == nil || record.PayloadDropped {
		return nil, nil //nolint:nilnil // said above
	}
	written := providers.WithoutDropped(record.Payload.GetRequest(), record.Payload.GetResponse().GetFields())
	written.Id = record.Payload.GetCustomerId()
	drift := &enlistv1.Drift{WriteTime: timestamppb.New(record.Updated), Fields: described.Drift(written, current)}
	if record.Principal == principal || others {
		drift.RequestId = record.RequestID.String()
		return drift, nil
	}
	for _, field := range drift.GetFields() {
		field.Written = ""
	}
	return drift, nil
}
