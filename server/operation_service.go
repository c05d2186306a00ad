package server

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/pagetoken"
)

// maxPage bounds the size of a page, in bytes, unless one operation is larger. By default,
// clients accept responses of up to 4 MiB.
const maxPage = 2 << 20

// readAtOnce is the number of records in one read.
const readAtOnce = 20

// mostSkipped is how many records without the reason a page skips before it ends.
const mostSkipped = 500

// allProviders stands for every provider in a list (AIP-159).
const allProviders = "-"

// operationService shows the creations of a caller. It does so even after an operator removes
// their provider, since a creation outlives its connection.
type operationService struct {
	enlistv1.UnimplementedOperationServiceServer
	connections connections
	once        *once.Service
}

func (s *operationService) GetOperation(ctx context.Context, request *enlistv1.GetOperationRequest) (*enlistv1.GetOperationResponse, error) {
	key, err := s.key(ctx, request, request.Principal)
	if err != nil {
		return nil, err
	}
	caller := callerOf(ctx)
	if request.GetIncludeCandidates() && !caller.May("GetOperation", key.Provider, true) {
		return nil, notPermitted("Only an operator may set include_candidates. Omit it.")
	}
	record, err := s.once.Operation(ctx, key)
	if err != nil {
		return nil, s.unlessConfigured(ctx, err, key.Provider)
	}
	response := &enlistv1.GetOperationResponse{Operation: s.show(record)}
	if request.GetIncludeCandidates() {
		candidates, err := s.once.Candidates(ctx, record)
		if err != nil {
			return nil, err
		}
		response.Candidates = showCandidates(caller, candidates)
	}
	return response, nil
}

func (s *operationService) ListOperations(ctx context.Context, request *enlistv1.ListOperationsRequest) (*enlistv1.ListOperationsResponse, error) {
	size := pagetoken.Size(request.GetPageSize())
	query, err := s.query(ctx, request)
	if err != nil {
		return nil, err
	}
	if from := request.GetStartTime(); from != nil {
		query.From = from.AsTime()
	}
	if until := request.GetEndTime(); until != nil {
		query.Until = until.AsTime()
	}
	position, err := pagetoken.Position(request)
	if err != nil {
		return nil, err
	}
	if query.After, err = positionOf(position); err != nil {
		return nil, err
	}
	return s.page(ctx, request, query, size)
}

// query returns the part of a list request that the caller may see.
func (s *operationService) query(ctx context.Context, request *enlistv1.ListOperationsRequest) (journal.Query, error) {
	caller := callerOf(ctx)
	query := journal.Query{Principal: whose(caller, request.Principal), State: request.GetState(), CustomerID: request.GetCustomerId()}
	if state := once.StateOf(request.GetReasonCode()); state != 0 {
		if query.State != 0 && query.State != state {
			return query, invalidField("reason_code", "belongs to state "+state.String()+", so state must be unset or the same")
		}
		query.State = state
	}
	if query.Principal == everybody {
		query.Principal, query.Everybody = "", true
	}
	if request.GetProvider() == allProviders {
		query.Providers, _ = caller.Where("ListOperations", asksForOthers(caller, request))
		return query, nil
	}
	query.Providers = []string{request.GetProvider()}
	_, err := s.connections.find(ctx, request.GetProvider())
	return query, err
}

// page reads a page a few records at a time, since one record may have several megabytes.
func (s *operationService) page(
	ctx context.Context, request *enlistv1.ListOperationsRequest, query journal.Query, size int,
) (*enlistv1.ListOperationsResponse, error) {
	response, bytes, skipped := &enlistv1.ListOperationsResponse{}, 0, 0
	for {
		want := min(size-len(response.GetOperations()), readAtOnce)
		query.Limit = want + 1
		records, err := s.once.Operations(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, record := range records[:min(want, len(records))] {
			operation := withoutExchanges(s.show(record))
			if reason := request.GetReasonCode(); reason != 0 && operation.GetReasonCode() != reason {
				query.After = record.Position()
				skipped++
				continue
			}
			if bytes += proto.Size(operation); bytes > maxPage && len(response.GetOperations()) > 0 {
				response.NextPageToken = pagetoken.NextAfter(request, positionText(query.After))
				return response, nil
			}
			response.Operations = append(response.Operations, operation)
			query.After = record.Position()
		}
		if len(records) <= want {
			return response, nil
		}
		if len(response.GetOperations()) == size || skipped >= mostSkipped {
			response.NextPageToken = pagetoken.NextAfter(request, positionText(query.After))
			return response, nil
		}
	}
}

func (s *operationService) WaitOperation(ctx context.Context, request *enlistv1.WaitOperationRequest) (*enlistv1.WaitOperationResponse, error) {
	key, err := s.key(ctx, request, request.Principal)
	if err != nil {
		return nil, err
	}
	if timeout := request.GetTimeout(); timeout != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout.AsDuration())
		defer cancel()
	}
	record, err := s.once.Wait(ctx, key)
	if err != nil {
		return nil, s.unlessConfigured(ctx, err, key.Provider)
	}
	return &enlistv1.WaitOperationResponse{Operation: s.show(record)}, nil
}

func (s *operationService) ResolveOperation(
	ctx context.Context, request *enlistv1.ResolveOperationRequest,
) (*enlistv1.ResolveOperationResponse, error) {
	key, err := s.key(ctx, request, request.Principal)
	if err != nil {
		return nil, err
	}
	caller := callerOf(ctx)
	record, differences, err := s.once.Resolve(ctx, key, once.Decision{
		Decision: request.GetDecision(), CustomerID: request.GetCustomerId(),
		By: request.GetDecidedBy(), Principal: caller.Principal, Reason: request.GetReason(), Unverified: request.GetUnverified(),
		Corrects:   caller.May("ResolveOperation", key.Provider, true),
		SeesOthers: caller.May("GetOperation", key.Provider, true),
	})
	if err != nil {
		return nil, s.unlessConfigured(ctx, err, key.Provider)
	}
	return &enlistv1.ResolveOperationResponse{Operation: s.show(record), Differences: showDifferences(differences)}, nil
}

// key returns the key of the operation that a request names. Its principal is the one in the
// request, or else the caller.
func (s *operationService) key(ctx context.Context, request interface {
	GetProvider() string
	GetRequestId() string
}, principal *string,
) (journal.Key, error) {
	id, err := uuid.Parse(request.GetRequestId())
	if err != nil {
		return journal.Key{}, invalidField("request_id", "must be the UUID of a creation")
	}
	noteRequestID(ctx, id.String())
	return journal.Key{Principal: whose(callerOf(ctx), principal), Provider: request.GetProvider(), RequestID: id}, nil
}

// unlessConfigured explains that Enlist found nothing because the provider is not configured.
func (s *operationService) unlessConfigured(ctx context.Context, err error, provider string) error {
	if _, unknown := s.connections.find(ctx, provider); unknown != nil && providers.IsReason(err, enlistv1.ErrorReason_OPERATION_NOT_FOUND) {
		return unknown
	}
	return err
}

// positionText encodes a position in a list. positionOf decodes it.
func positionText(at *journal.Position) []byte {
	position := binary.BigEndian.AppendUint64(nil, uint64(at.Created.UnixMicro()))
	position = append(position, at.RequestID[:]...)
	return append(position, at.Provider...)
}

func positionOf(position []byte) (*journal.Position, error) {
	const fixed = 8 + len(uuid.UUID{})
	if position == nil {
		return nil, nil //nolint:nilnil // the first page
	}
	if len(position) < fixed {
		return nil, pagetoken.Invalid()
	}
	at := &journal.Position{
		Created:   time.UnixMicro(int64(binary.BigEndian.Uint64(position))), //nolint:gosec // written the same way
		RequestID: uuid.UUID(position[8:fixed]), Provider: string(position[fixed:]),
	}
	// Callers can forge tokens. Databases refuse other values.
	if year := at.Created.Year(); year < 1 || year > 9999 || !providerName.MatchString(at.Provider) {
		return nil, pagetoken.Invalid()
	}
	return at, nil
}
