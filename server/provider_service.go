package server

import (
	"context"
	"maps"
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/pagetoken"
)

type providerService struct {
	enlistv1.UnimplementedProviderServiceServer
	connections connections
}

func (s *providerService) ListProviders(ctx context.Context, request *enlistv1.ListProvidersRequest) (*enlistv1.ListProvidersResponse, error) {
	connected := s.connections()
	names := visible(callerOf(ctx), slices.Sorted(maps.Keys(connected)))
	begin, err := pagetoken.Offset(request)
	if err != nil {
		return nil, err
	}
	end := min(begin+pagetoken.Size(request.GetPageSize()), len(names))
	response := &enlistv1.ListProvidersResponse{}
	for _, name := range names[min(begin, end):end] {
		response.Providers = append(response.Providers, describe(connected[name]))
	}
	if end < len(names) {
		response.NextPageToken = pagetoken.Next(request, end)
	}
	return response, nil
}

func (s *providerService) GetProvider(ctx context.Context, request *enlistv1.GetProviderRequest) (*enlistv1.GetProviderResponse, error) {
	provider, err := s.connections.find(ctx, request.GetProvider())
	if err != nil {
		return nil, err
	}
	return &enlistv1.GetProviderResponse{Provider: describe(provider)}, nil
}

func describe(connection providers.Provider) *enlistv1.Provider {
	description := connection.Describe()
	provider := &enlistv1.Provider{
		Name: description.Name, Vendor: description.Vendor, Fields: description.Fields.Support(), DuplicateSafety: description.DuplicateSafety,
		Health: connection.Health(),
	}
	for _, method := range enlistv1.CustomerService_ServiceDesc.Methods {
		reason, unsupported := description.Unsupported[method.MethodName]
		if method.MethodName == "CreateCustomer" {
			reason = withoutOnExisting(description)
		}
		provider.Rpcs = append(provider.Rpcs, &enlistv1.RpcSupport{Rpc: method.MethodName, Supported: !unsupported, Reason: reason})
	}
	return provider
}

// withoutOnExisting says which on_existing values a creation cannot have, and why.
func withoutOnExisting(description *providers.Description) string {
	var all []string
	for _, value := range slices.Sorted(maps.Keys(description.OnExistingUnsupported)) {
		all = append(all, "Without "+value.String()+": "+description.OnExistingUnsupported[value])
	}
	return strings.Join(all, " ")
}
