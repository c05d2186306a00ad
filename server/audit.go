package server

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/audit"
)

// record writes the line of a finished call to the audit stream. It reads the request and the
// response through their descriptors, so that a new RPC needs no code here. response is nil if the
// call failed.
func (t telemetry) record(c *call, request, response any, ended codes.Code, failure *providers.Error) {
	asked, ok := request.(proto.Message)
	if t.audit == nil || c.isInfrastructure() || !ok {
		return
	}
	line := audit.Line{
		RPC: c.rpc, Provider: c.provider, RequestID: c.requestID, Flags: audit.Flags(asked),
		Code: code.Code(ended).String(), Transport: c.transport, CallID: c.id, //nolint:gosec // of 17
	}
	if c.caller != nil {
		line.Principal = c.caller.Principal
		// Before validation, the name may be any text.
		if about, ok := request.(interface{ GetPrincipal() string }); ok && c.isValid && asksForOthers(c.caller, request) {
			line.OfPrincipal = about.GetPrincipal()
		}
	}
	if decided, ok := request.(interface{ GetDecision() enlistv1.Decision }); ok {
		line.Decision = strings.TrimPrefix(decided.GetDecision().String(), "DECISION_")
	}
	if named, ok := request.(interface{ GetRequestId() string }); ok && line.RequestID == "" {
		if id, err := uuid.Parse(named.GetRequestId()); err == nil { // of a call that was refused early
			line.RequestID = id.String()
		}
	}
	at := []string{c.provider}
	if c.provider == allProviders {
		at = slices.Sorted(maps.Keys(t.connected()))
	}
	if shown, ok := response.(proto.Message); ok {
		line.Customers = t.audit.Customers(at, asked, shown)
	} else {
		line.Customers = t.audit.Customers(at, asked)
	}
	line.Outcome, line.Replayed = outcomeOf(response, line.Code, failure)
	t.audit.Write(&line)
}

// outcomeOf returns what a call did: the outcome of a creation, the reason of an error, or else the
// code.
func outcomeOf(response any, code string, failure *providers.Error) (outcome string, replayed bool) {
	if failure != nil {
		return failure.Reason.String(), false
	}
	if created, ok := response.(*enlistv1.CreateCustomerResponse); ok {
		return strings.TrimPrefix(created.GetOutcome().String(), "OUTCOME_"), created.GetReplayed()
	}
	return code, false
}

// recordRefusal writes the line of a request for an RPC that was refused over REST before it was a
// call. Enlist has not read its body, and often does not know its caller.
func (t telemetry) recordRefusal(callID string, request *http.Request, all routes, ended codes.Code, failure *providers.Error) {
	if t.audit == nil {
		return
	}
	if rpc, provider := all.of(request); rpc != "" {
		t.audit.Write(&audit.Line{
			RPC: rpc, Provider: provider, Outcome: failure.Reason.String(), Code: code.Code(ended).String(), //nolint:gosec // of 17
			Transport: overREST, CallID: callID,
		})
	}
}
