package server

import (
	"maps"
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// connections are the configured providers by name.
type connections map[string]providers.Provider

func (c connections) find(name string) (providers.Provider, error) {
	if provider, there := c[name]; there {
		return provider, nil
	}
	return nil, &providers.Error{
		Reason:  enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED,
		Message: "No provider of that name is configured. There are: " + strings.Join(c.names(), ", ") + ".",
	}
}

func (c connections) names() []string { return slices.Sorted(maps.Keys(c)) }
