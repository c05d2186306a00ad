package server

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth"
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
	operation.ReasonCode, operation.Reason = s.once.Reason(record)
	operation.Erasure = record.Payload.GetErasure()
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

// showCandidates returns candidates. It names the operation of another only if the caller may see
// it.
func showCandidates(caller *auth.Caller, candidates []once.Candidate) []*enlistv1.OperationCandidate {
	var shown []*enlistv1.OperationCandidate
	for _, candidate := range candidates {
		one := &enlistv1.OperationCandidate{
			Customer: candidate.Customer, Match: matches()[candidate.Match], Differences: showDifferences(candidate.Differences),
		}
		if claim := candidate.Claim; claim != nil && (claim.Principal == caller.Principal || caller.May("GetOperation", claim.Provider, true)) {
			one.ClaimedBy = claim.RequestID.String()
		}
		shown = append(shown, one)
	}
	return shown
}

func showDifferences(differences []providers.Difference) (shown []*enlistv1.FieldDifference) {
	for _, one := range differences {
		shown = append(shown, &enlistv1.FieldDifference{Path: one.Path, Requested: one.Requested, Found: one.Found})
	}
	return shown
}

func matches() map[providers.Match]enlistv1.CandidateMatch {
	return map[providers.Match]enlistv1.CandidateMatch{
		providers.MatchUnclear: enlistv1.CandidateMatch_CANDIDATE_MATCH_UNCLEAR,
		providers.MatchOurs:    enlistv1.CandidateMatch_CANDIDATE_MATCH_OURS,
		providers.MatchOther:   enlistv1.CandidateMatch_CANDIDATE_MATCH_OTHER,
	}
}

// instant returns a time, or nil for the zero time.
func instant(at time.Time) *timestamppb.Timestamp {
	if at.IsZero() {
		return nil
	}
	return timestamppb.New(at)
}
