package once

import (
	"context"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// order is the creation that a caller requested.
type order struct {
	key         journal.Key
	request     *enlistv1.CreateCustomerRequest
	fingerprint []byte
	asked       time.Time
	creation    providers.Creation
	invalid     error // why the provider made no creation of it
}

// Create creates a customer for a principal. The request has passed the contract's validation and
// has a request_id. Create returns the same response for the same request_id for as long as the
// journal keeps the record. While the first request runs, others with its request_id wait for it
// within their deadline. The context bounds the caller's wait. It bounds the request to the vendor
// only until the first byte may have been written. With validate_only, Create neither writes nor
// reads the journal. Every error is a *providers.Error.
func (s *Service) Create(ctx context.Context, principal string, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	s = s.configured()
	provider := s.providers[request.GetProvider()]
	if provider == nil { // it was configured when the server checked the request
		return nil, notConfigured(request.GetProvider())
	}
	o := &order{request: request, fingerprint: fingerprint(request), asked: now()}
	onExisting := request.GetOnExisting() // as requested
	setDefaults(request, provider.Describe())
	o.creation, o.invalid = provider.Prepare(request)
	if request.GetValidateOnly() {
		if o.invalid != nil {
			return nil, o.invalid
		}
		return preview(ctx, provider, o, onExisting)
	}
	id, err := uuid.Parse(request.GetRequestId())
	if err != nil {
		return nil, err // the contract's validation rejects such an id
	}
	o.key = journal.Key{Principal: principal, Provider: request.GetProvider(), RequestID: id}

	ctx, cancel := callerContext(ctx)
	defer cancel()
	for {
		j, isNew := s.jobs.start(o.key)
		if isNew {
			j.fingerprint = o.fingerprint
			j.isAwaited.Store(true)
			return s.runJob(ctx, j, func() (*enlistv1.CreateCustomerResponse, error) {
				if o.invalid != nil {
					return s.createInvalid(ctx, o)
				}
				return s.drive(ctx, &run{job: j, order: o, creation: o.creation})
			})
		}
		if err := j.join(ctx, o.fingerprint); err != nil {
			return nil, err
		}
	}
}

// setDefaults sets unset values of a request to the defaults of the connection and the contract.
func setDefaults(request *enlistv1.CreateCustomerRequest, description *providers.Description) {
	if request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UNSPECIFIED {
		request.OnExisting = max(description.OnExisting, enlistv1.OnExisting_ON_EXISTING_FAIL)
	}
	if request.GetUnsupportedFields() == enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_UNSPECIFIED {
		request.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_REJECT
	}
}

// createInvalid responds to a request that the provider does not accept. The provider may have
// accepted it before the settings of its connection changed, so a recorded outcome is replayed.
func (s *Service) createInvalid(ctx context.Context, o *order) (*enlistv1.CreateCustomerResponse, error) {
	existing, err := s.get(ctx, o.key)
	if err != nil || existing == nil || existing.State == notSent || !isOf(existing, o) {
		return nil, o.invalid
	}
	s.metrics.replayed.WithLabelValues(existing.Provider).Inc()
	return replay(existing)
}
