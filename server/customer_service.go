package server

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
)

// idempotencyKey is the REST header, and the metadata key, that can replace request_id.
const idempotencyKey = "idempotency-key"

type customerService struct {
	enlistv1.UnimplementedCustomerServiceServer
	connections connections
	once        *once.Service
}

func (s *customerService) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	provider, err := s.connections.find(ctx, request.GetProvider())
	if err != nil {
		return nil, err
	}
	if err := settleRequestID(ctx, request); err != nil {
		return nil, err
	}
	noteRequestID(ctx, request.GetRequestId())
	if err := checkOptions(request, provider.Describe()); err != nil {
		return nil, err
	}
	return s.once.Create(ctx, principalOf(ctx), request)
}

func (s *customerService) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	provider, err := s.connections.find(ctx, request.GetProvider())
	if err != nil {
		return nil, err
	}
	s.once.CustomerRead(ctx, request.GetProvider(), request.GetCustomerId())
	response, err := provider.GetCustomer(ctx, request)
	if err != nil || !request.GetIncludeDrift() {
		return response, err
	}
	caller := callerOf(ctx)
	others := caller.May("GetOperation", request.GetProvider(), true)
	response.Drift, err = s.once.Drift(ctx, caller.Principal, others, request.GetProvider(), response.GetCustomer())
	if err != nil {
		return nil, err
	}
	return response, nil
}

func (s *customerService) ListContractors(ctx context.Context, request *enlistv1.ListContractorsRequest) (*enlistv1.ListContractorsResponse, error) {
	provider, err := s.connections.find(ctx, request.GetProvider())
	if err != nil {
		return nil, err
	}
	return provider.ListContractors(ctx, request)
}

// settleRequestID uses the Idempotency-Key if the body has no request_id. If both are missing, it
// makes a new request_id.
func settleRequestID(ctx context.Context, request *enlistv1.CreateCustomerRequest) error {
	var key string
	for i, value := range metadata.ValueFromIncomingContext(ctx, idempotencyKey) {
		if i > 0 && value != key {
			return invalidField("request_id", "must come from one Idempotency-Key, but the request has several different ones")
		}
		if key = value; strings.Trim(value, `"`) == "" {
			return badRequestID()
		}
	}
	return settleRequestIDWith(request, key)
}

func settleRequestIDWith(request *enlistv1.CreateCustomerRequest, key string) error {
	key = strings.Trim(key, `"`) // the header's draft standard puts it in quotes
	if parsed, err := uuid.Parse(key); key != "" && (err != nil || len(key) != 36 || parsed == uuid.Nil) {
		return badRequestID()
	}
	switch {
	case key != "" && request.GetRequestId() != "" && !strings.EqualFold(key, request.GetRequestId()):
		return invalidField("request_id", "must equal the Idempotency-Key if you set both")
	case request.GetRequestId() == "" && key != "":
		request.RequestId = key
	case request.GetRequestId() == "":
		request.RequestId = uuid.NewString()
	}
	request.RequestId = strings.ToLower(request.GetRequestId())
	return nil
}

func badRequestID() error {
	return invalidField("request_id",
		"must be a UUID other than the nil UUID, also as Idempotency-Key. Example: 0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11")
}

// checkOptions refuses the options of another vendor.
func checkOptions(request *enlistv1.CreateCustomerRequest, description *providers.Description) error {
	if request.GetVendorOptions() == nil {
		return nil
	}
	message := request.ProtoReflect()
	set := message.WhichOneof(message.Descriptor().Oneofs().ByName("vendor_options"))
	if want := optionsOf(description.Vendor); set.Name() != want {
		return invalidField(string(set.Name()), "is for another vendor. Remove it, or use "+string(want)+", which provider "+description.Name+" takes")
	}
	return nil
}

// optionsOf returns the field with a vendor's options. It has the name of the vendor.
func optionsOf(vendor enlistv1.Vendor) protoreflect.Name {
	return protoreflect.Name(strings.ToLower(strings.TrimPrefix(vendor.String(), "VENDOR_")))
}
