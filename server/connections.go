package server

import (
	"context"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

// connections returns the present providers by name.
type connections func() map[string]providers.Provider

// checkName returns an error if a request names a provider that is not configured.
func (c connections) checkName(ctx context.Context, request proto.Message) error {
	named, ok := request.(interface{ GetProvider() string })
	if !ok || named.GetProvider() == "" {
		return nil
	}
	if !providerName.MatchString(named.GetProvider()) {
		return invalidField("provider", "must be the name of a configured provider. Use one of: "+strings.Join(c.names(ctx), ", "))
	}
	if named.GetProvider() == allProviders {
		return nil
	}
	_, err := c.find(ctx, named.GetProvider())
	return err
}

// find returns the provider with a name. Its error lists the providers that the caller may use.
func (c connections) find(ctx context.Context, name string) (providers.Provider, error) {
	if provider, there := c()[name]; there {
		return provider, nil
	}
	return nil, &providers.Error{
		Reason:  enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED,
		Message: "No provider of that name is configured. Use one of: " + strings.Join(c.names(ctx), ", ") + ".",
	}
}

// names lists the providers that the caller may use.
func (c connections) names(ctx context.Context) []string {
	return visible(callerOf(ctx), slices.Sorted(maps.Keys(c())))
}

func invalidField(path, description string) *providers.Error {
	return providers.Invalid(rules.Violation{Path: path, Description: description})
}
