package server

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
)

// show returns the operation of a record.
func (s *operationService) show(record *journal.Record) *enlistv1.Operation {
	payloadExpires, expires := s.once.ExpireTimes(record)
	operation := &enlistv1.Operation{
		Provider: record.Provider, RequestId: record.RequestID.String(), CustomerId: record.Payload.GetCustomerId(), State: record.State,
		CreateTime: instant(record.Created), UpdateTime: instant(record.Updated), ExpireTime: instant(expires), PayloadExpireTime: instant(payloadExpires),
		NextCheckTime: instant(record.Due), Decision: record.Payload.GetDecision(),
		Principal: record.Principal, EarlierDecisions: record.Payload.GetEarlierDecisions(),
	}
	for _, try := range record.Payload.GetTries() {
		shown, _ := proto.Clone(try).(*enlistv1.OperationTry)
		shown.Curl = curlLine(try.GetRequest())
		operation.Tries = append(operation.Tries, shown)
	}
	switch record.State {
	case enlistv1.OperationState_OPERATION_STATE_SUCCEEDED:
		operation.Result = &enlistv1.Operation_Response{Response: once.Response(record)}
	case enlistv1.OperationState_OPERATION_STATE_FAILED, enlistv1.OperationState_OPERATION_STATE_NOT_SENT:
		if failure := record.Payload.GetFailure(); failure != nil {
			operation.Result = &enlistv1.Operation_Error{Error: statusOf(once.Error(failure), operation.GetProvider(), operation.GetRequestId()).Proto()}
		}
	}
	return operation
}

// withoutExchanges removes the parts that a list does not show.
func withoutExchanges(operation *enlistv1.Operation) *enlistv1.Operation {
	for _, try := range operation.GetTries() {
		try.Request, try.ResponseBody, try.Curl = nil, "", ""
	}
	return operation
}

// instant returns a time, or nil for the zero time.
func instant(at time.Time) *timestamppb.Timestamp {
	if at.IsZero() {
		return nil
	}
	return timestamppb.New(at)
}
