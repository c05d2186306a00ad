package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Replace returns the providers of a validated configuration, by name. It keeps each present
// provider that it made of the same configuration. A new provider of the same name goes on under
// the limits and counters of the present one, which stays usable for calls in progress. SetLimits
// then applies the limits of the configuration.
//
// If a vendor rejects the credentials, the provider calls renew, which returns the provider that
// then has its name, or nil. If that one differs in the credentials alone, it gets the request.
func Replace(
	present map[string]providers.Provider, configs []*configv1.Provider, renew func(name string) providers.Provider,
) (map[string]providers.Provider, error) {
	made := make(map[string]providers.Provider, len(configs))
	for i, config := range configs {
		earlier, _ := present[config.GetName()].(*renewable)
		if earlier != nil && proto.Equal(earlier.config, config) {
			made[config.GetName()] = earlier
			continue
		}
		provider, err := newProvider(fmt.Sprintf("providers[%d]", i), config)
		if err != nil {
			return nil, err
		}
		if earlier != nil {
			takeOver(provider, earlier)
		}
		made[config.GetName()] = &renewable{Provider: provider, config: config, renew: renew}
	}
	return made, nil
}

// takeOver lets a provider go on where an earlier one stands. The metrics of each vendor are those
// of its client.
func takeOver(provider, earlier providers.Provider) {
	client, is := provider.Metrics().(*vendorhttp.Client)
	before, was := earlier.Metrics().(*vendorhttp.Client)
	if is && was {
		client.TakeOver(before)
	}
}

// renewable is a provider whose credentials may change while it is in use.
type renewable struct {
	providers.Provider
	config *configv1.Provider
	renew  func(name string) providers.Provider
}

// successor returns the provider that has new credentials, if the vendor rejected those of this
// one. Otherwise it returns nil.
func (r *renewable) successor(err error) *renewable {
	if !providers.IsReason(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED) {
		return nil
	}
	next, _ := r.renew(r.config.GetName()).(*renewable)
	if next == nil || next == r || !proto.Equal(withoutCredentials(r.config), withoutCredentials(next.config)) {
		return nil
	}
	return next
}

// GetCustomer reads a customer, with new credentials if need be.
func (r *renewable) GetCustomer(ctx context.Context, request *enlistv1.GetCustomerRequest) (*enlistv1.GetCustomerResponse, error) {
	response, err := r.Provider.GetCustomer(ctx, request)
	if next := r.successor(err); next != nil {
		return next.GetCustomer(ctx, request)
	}
	return response, err
}

// ListContractors lists contractors, with new credentials if need be.
func (r *renewable) ListContractors(
	ctx context.Context, request *enlistv1.ListContractorsRequest,
) (*enlistv1.ListContractorsResponse, error) {
	response, err := r.Provider.ListContractors(ctx, request)
	if next := r.successor(err); next != nil {
		return next.ListContractors(ctx, request)
	}
	return response, err
}

// ExportCustomer exports a customer, with new credentials if need be.
func (r *renewable) ExportCustomer(ctx context.Context, id string) ([]byte, error) {
	export, err := r.Provider.ExportCustomer(ctx, id)
	if next := r.successor(err); next != nil {
		return next.ExportCustomer(ctx, id)
	}
	return export, err
}

// EraseCustomer erases a customer, with new credentials if need be.
func (r *renewable) EraseCustomer(ctx context.Context, id string) error {
	err := r.Provider.EraseCustomer(ctx, id)
	if next := r.successor(err); next != nil {
		return next.EraseCustomer(ctx, id)
	}
	return err
}

// Prepare returns a creation that uses new credentials if need be.
func (r *renewable) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	prepared, err := r.Provider.Prepare(request)
	if err != nil {
		return nil, err
	}
	return &creation{Creation: prepared, at: r, request: request}, nil
}

// creation is a creation at a provider whose credentials may change.
type creation struct {
	providers.Creation
	at      *renewable
	request *enlistv1.CreateCustomerRequest
}

// renewed reports whether the creation has new credentials since the vendor rejected the earlier
// ones.
func (c *creation) renewed(err error) bool {
	next := c.at.successor(err)
	if next == nil {
		return false
	}
	prepared, invalid := next.Provider.Prepare(c.request)
	if invalid != nil {
		return false
	}
	c.Creation, c.at = prepared, next
	return true
}

// Preview previews the creation, with new credentials if need be.
func (c *creation) Preview(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	for {
		response, err := c.Creation.Preview(ctx)
		if !c.renewed(err) {
			return response, err
		}
	}
}

// CreateCustomer creates the customer, with new credentials if the vendor rejected the earlier ones
// before the create request was sent. A create request that was itself rejected is not repeated
// here, because a proxy may have forwarded it. Its error says that waiting helps now, so that the
// customer is looked up and the request sent again, as for any other error of that kind.
func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	for {
		response, err := c.Creation.CreateCustomer(ctx)
		if !c.renewed(err) {
			return response, err
		}
		var rejected *providers.Error
		if errors.As(err, &rejected) && rejected.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
			return nil, &providers.Error{
				Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
				Message: "Provider " + c.at.config.GetName() + " rejected the credentials of this connection, which have changed since. " +
					providers.CallAgain,
				Stage: rejected.Stage, Vendor: rejected.Vendor, RetryAfter: time.Second, Cause: err,
			}
		}
	}
}

// FindCustomer looks the customer up, with new credentials if need be.
func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	for {
		found, err := c.Creation.FindCustomer(ctx, sent)
		if !c.renewed(err) {
			return found, err
		}
	}
}

// withoutCredentials returns a configuration without its secrets and the names that belong to them.
func withoutCredentials(config *configv1.Provider) *configv1.Provider {
	config = proto.CloneOf(config)
	message := config.ProtoReflect()
	vendor := message.WhichOneof(message.Descriptor().Oneofs().ByName("vendor"))
	connection := message.Mutable(vendor).Message()
	fields := connection.Descriptor().Fields()
	for i := range fields.Len() {
		if field := fields.Get(i); isSecret(field) || field.Name() == "username" || field.Name() == "client_id" {
			connection.Clear(field)
		}
	}
	return config
}

func isSecret(field protoreflect.FieldDescriptor) bool {
	options, _ := field.Options().(*descriptorpb.FieldOptions)
	return options.GetDebugRedact()
}
