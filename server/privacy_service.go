package server

import (
	"bytes"
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/pagetoken"
)

// maxExport is the largest export of a vendor in a response, in bytes.
const maxExport = 3 << 20

// privacyService shows and erases what Enlist holds of one customer. It does so even after an
// operator removes the provider.
type privacyService struct {
	enlistv1.UnimplementedPrivacyServiceServer
	operations *operationService
}

func (s *privacyService) ExportCustomerData(
	ctx context.Context, request *enlistv1.ExportCustomerDataRequest,
) (*enlistv1.ExportCustomerDataResponse, error) {
	subject, err := s.subject(ctx, request, request.Principal)
	if err != nil {
		return nil, err
	}
	position, err := pagetoken.Position(request)
	if err != nil {
		return nil, err
	}
	after, err := positionOf(position)
	if err != nil {
		return nil, err
	}
	held, err := s.held(ctx, subject)
	if err != nil {
		return nil, err
	}
	response := &enlistv1.ExportCustomerDataResponse{}
	if after == nil {
		if err := s.addVendorExport(ctx, subject, held, request, response); err != nil {
			return nil, err
		}
	}
	return response, s.addOperations(ctx, held, request, after, response)
}

// held returns what the journal holds. It fails if that is nothing, and no such provider is
// configured.
func (s *privacyService) held(ctx context.Context, subject once.Subject) (*once.Held, error) {
	held, err := s.operations.once.Find(ctx, subject)
	if err != nil {
		return nil, s.operations.unlessConfigured(ctx, err, subject.Provider)
	}
	if len(held.Operations) == 0 {
		_, err = s.operations.connections.find(ctx, subject.Provider)
	}
	return held, err
}

// addVendorExport adds the vendor's own export, or the reason why it is missing.
func (s *privacyService) addVendorExport(
	ctx context.Context, subject once.Subject, held *once.Held, request *enlistv1.ExportCustomerDataRequest,
	response *enlistv1.ExportCustomerDataResponse,
) error {
	export, result, err := s.operations.once.ExportAtVendor(ctx, subject, held, request.GetIncludeVendorExport())
	if err != nil {
		return err
	}
	if len(export) > maxExport {
		export, result = nil, once.AtVendor{
			Result: enlistv1.VendorDataResult_VENDOR_DATA_RESULT_TOO_LARGE,
			Note:   "The export of provider " + subject.Provider + " is larger than 3 MiB. Get it from the vendor's own program.",
		}
	}
	response.VendorExport, response.VendorResult, response.VendorNote = export, result.Result, result.Note
	return nil
}

// addOperations adds a page of operations, one at a time, since one may have several megabytes.
func (s *privacyService) addOperations(
	ctx context.Context, held *once.Held, request *enlistv1.ExportCustomerDataRequest, after *journal.Position,
	response *enlistv1.ExportCustomerDataResponse,
) error {
	size, bytes := pagetoken.Size(request.GetPageSize()), len(response.GetVendorExport())
	for _, operation := range held.Operations {
		if after != nil && !isAfter(operation.Position, *after) {
			continue
		}
		if after == nil { // so a page that has only the vendor's export has a position, too
			after = &journal.Position{Created: operation.Created.Add(time.Microsecond), Provider: operation.Provider}
		}
		if len(response.GetOperations()) == size {
			response.NextPageToken = pagetoken.NextAfter(request, positionText(after))
			return nil
		}
		record, err := s.operations.once.Operation(ctx, operation.Key)
		if providers.IsReason(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND) { // its retention has just ended
			continue
		}
		if err != nil {
			return err
		}
		shown := &enlistv1.HeldOperation{Operation: s.operations.show(record), Request: record.Payload.GetRequest()}
		if bytes += proto.Size(shown); bytes > maxPage && bytes > proto.Size(shown) {
			response.NextPageToken = pagetoken.NextAfter(request, positionText(after))
			return nil
		}
		response.Operations = append(response.Operations, shown)
		after = &operation.Position
	}
	return nil
}

// isAfter reports whether a position comes after another one, newest first.
func isAfter(position, other journal.Position) bool {
	if !position.Created.Equal(other.Created) {
		return position.Created.Before(other.Created)
	}
	return bytes.Compare(position.RequestID[:], other.RequestID[:]) > 0
}

func (s *privacyService) EraseCustomerData(
	ctx context.Context, request *enlistv1.EraseCustomerDataRequest,
) (*enlistv1.EraseCustomerDataResponse, error) {
	subject, err := s.subject(ctx, request, request.Principal)
	if err != nil {
		return nil, err
	}
	held, err := s.held(ctx, subject)
	if err != nil {
		return nil, err
	}
	erased, err := s.operations.once.Erase(ctx, subject, held, once.Erasure{
		AtVendor: request.GetEraseAtVendor(), By: request.GetDecidedBy(), Principal: callerOf(ctx).Principal, Reason: request.GetReason(),
	})
	if err != nil {
		return nil, err
	}
	response := &enlistv1.EraseCustomerDataResponse{
		ErasedCount:  int32(erased.Count), //nolint:gosec // operations of one customer
		VendorResult: erased.AtVendor.Result, VendorNote: erased.AtVendor.Note,
		Left: append(erased.Left, "Backups have the data for as long as you keep them. Give enlist restore the list of erased operations of a newer backup."),
	}
	for _, record := range erased.Tombstones {
		_, expires := s.operations.once.ExpireTimes(record)
		response.Operations = append(response.Operations, &enlistv1.ErasedOperation{
			RequestId: record.RequestID.String(), Principal: record.Principal,
			EraseTime: record.Payload.GetErasure().GetEraseTime(), ExpireTime: instant(expires),
		})
	}
	return response, nil
}

// subject returns the customer that a request names.
func (s *privacyService) subject(ctx context.Context, request interface {
	GetProvider() string
	GetCustomerId() string
	GetRequestId() string
}, principal *string,
) (once.Subject, error) {
	subject := once.Subject{Provider: request.GetProvider(), CustomerID: request.GetCustomerId()}
	if subject.CustomerID != "" {
		if principal != nil {
			return subject, invalidField("principal", "must be unset with customer_id, which stands for the operations of all callers")
		}
		return subject, nil
	}
	key, err := s.operations.key(ctx, request, principal)
	subject.Key = &key
	return subject, err
}
