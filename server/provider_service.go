package server

import (
	"context"
	"encoding/base64"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const defaultPageSize = 100

type providerService struct {
	enlistv1.UnimplementedProviderServiceServer
	connections connections
}

func (s *providerService) ListProviders(_ context.Context, request *enlistv1.ListProvidersRequest) (*enlistv1.ListProvidersResponse, error) {
	names := s.connections.names()
	if token := request.GetPageToken(); token != "" {
		last, err := base64.RawURLEncoding.DecodeString(token)
		at, there := slices.BinarySearch(names, string(last))
		if err != nil || !there {
			return nil, invalidField("page_token", "must be the next_page_token of an earlier answer")
		}
		names = names[at+1:]
	}
	size := int(request.GetPageSize())
	if size == 0 {
		size = defaultPageSize
	}
	response := &enlistv1.ListProvidersResponse{}
	for _, name := range names[:min(size, len(names))] {
		response.Providers = append(response.Providers, describe(s.connections[name].Describe()))
	}
	if len(names) > size {
		response.NextPageToken = base64.RawURLEncoding.EncodeToString([]byte(names[size-1]))
	}
	return response, nil
}

func (s *providerService) GetProvider(_ context.Context, request *enlistv1.GetProviderRequest) (*enlistv1.GetProviderResponse, error) {
	provider, err := s.connections.find(request.GetProvider())
	if err != nil {
		return nil, err
	}
	return &enlistv1.GetProviderResponse{Provider: describe(provider.Describe())}, nil
}

func describe(description *providers.Description) *enlistv1.Provider {
	provider := &enlistv1.Provider{
		Name: description.Name, Vendor: description.Vendor, Fields: description.Fields.Support(), DuplicateSafety: description.DuplicateSafety,
	}
	for _, method := range enlistv1.CustomerService_ServiceDesc.Methods {
		reason, unsupported := description.Unsupported[method.MethodName]
		provider.Rpcs = append(provider.Rpcs, &enlistv1.RpcSupport{Rpc: method.MethodName, Supported: !unsupported, Reason: reason})
	}
	return provider
}
