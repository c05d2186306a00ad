package once

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Drift compares a customer that was just read with what the last creation or update through Enlist
// wrote. It returns nil if the journal has none. It names the request_id and the written values
// only for a creation of the principal, or of any principal with others.
func (s *Service) Drift(
	ctx context.Context, principal string, others bool, provider string, current *enlistv1.Customer,
) (*enlistv1.Drift, error) {
	record, err := s.journal.FindCustomer(ctx, provider, current.GetId())
	if err != nil {
		return nil, journalUnreadable(err)
	}
	if record == nil {
		return nil, nil //nolint:nilnil // said above
	}
	written := providers.Kept(record.Payload.GetRequest(), record.Payload.GetResponse().GetFields())
	written.Id = record.Payload.GetCustomerId()
	drift := &enlistv1.Drift{WriteTime: timestamppb.New(record.Updated), Fields: s.describe(provider).Drift(written, current)}
	if record.Principal == principal || others {
		drift.RequestId = record.RequestID.String()
		return drift, nil
	}
	for _, field := range drift.GetFields() {
		field.Written = ""
	}
	return drift, nil
}
