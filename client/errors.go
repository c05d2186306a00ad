package client

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// domain of ErrorInfo in an error of Enlist.
const domain = "enlist"

// Detail returns the detail of a type in an error of a gRPC request, for example
// Detail[*errdetails.BadRequest](err). It returns nil if the error has none. An error of Enlist has
// at most one of each type.
func Detail[M proto.Message](err error) M {
	for _, detail := range status.Convert(err).Details() {
		if found, ok := detail.(M); ok {
			return found
		}
	}
	var none M
	return none
}

// Reason returns the reason of an error of Enlist. It returns ERROR_REASON_UNSPECIFIED if the error
// is not from Enlist, for example if the response was lost, and for a reason that this version of
// the contract does not know.
func Reason(err error) enlistv1.ErrorReason {
	info := Detail[*errdetails.ErrorInfo](err)
	if info.GetDomain() != domain {
		return enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED
	}
	return enlistv1.ErrorReason(enlistv1.ErrorReason_value[info.GetReason()])
}

// actionOf returns what the contract tells the caller to do after an error with this reason.
func actionOf(reason enlistv1.ErrorReason) enlistv1.CallerAction {
	value := reason.Descriptor().Values().ByNumber(reason.Number())
	if value == nil {
		return enlistv1.CallerAction_CALLER_ACTION_UNSPECIFIED
	}
	follows, _ := proto.GetExtension(value.Options(), enlistv1.E_Reason).(*enlistv1.Consequences)
	return follows.GetAction()
}
