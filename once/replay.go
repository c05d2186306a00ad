package once

import (
	"context"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// replay returns the response that a record holds.
func replay(record *journal.Record) (*enlistv1.CreateCustomerResponse, error) {
	switch record.State {
	case succeeded:
		response := proto.CloneOf(Response(record))
		response.Replayed = true
		return response, nil
	case failed, notSent:
		return nil, Error(record.Payload.GetFailure())
	case erased:
		return nil, operationErased()
	case needsPerson:
		return nil, awaitsPerson(record)
	default:
		return nil, stillUnknown(record)
	}
}

// Response returns the response that a record in state SUCCEEDED holds. If its payload is dropped,
// the response has the outcome and the customer's id, and a warning says so.
func Response(record *journal.Record) *enlistv1.CreateCustomerResponse {
	held := record.Payload.GetResponse()
	if !record.PayloadDropped {
		return held
	}
	return &enlistv1.CreateCustomerResponse{
		RequestId: record.RequestID.String(),
		Outcome:   held.GetOutcome(),
		Customer:  &enlistv1.Customer{Id: record.Payload.GetCustomerId(), Source: enlistv1.RecordSource_RECORD_SOURCE_JOURNAL},
		Warnings: []*enlistv1.Warning{{
			Code: enlistv1.WarningCode_WARNING_CODE_NO_LONGER_HELD,
			Message: "Enlist has deleted its copy of the request and of the vendor's responses (payload_retention). " +
				"The outcome and the customer's id are left. GetCustomer reads the customer at the vendor.",
		}},
	}
}

// recorded returns the response that the journal holds now.
func (s *Service) recorded(ctx context.Context, key journal.Key) (*enlistv1.CreateCustomerResponse, error) {
	record, err := s.get(ctx, key)
	if err != nil || record == nil {
		return nil, journalUnreadable(err)
	}
	return replay(record)
}
