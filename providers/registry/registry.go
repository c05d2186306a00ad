// Package registry makes the configured providers. It is the only package that knows all vendors.
//
// Package cli and tests import it.
package registry

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/avvio"
	"github.com/enlist-dev/enlist/providers/caliq"
	"github.com/enlist-dev/enlist/providers/opencell"
	"github.com/enlist-dev/enlist/providers/sellandsign"
	"github.com/enlist-dev/enlist/providers/valomnia"
)

// constructors has one line for each vendor, by its name in the configuration.
func constructors() map[protoreflect.Name]func(*configv1.Provider) (providers.Provider, error) {
	return map[protoreflect.Name]func(*configv1.Provider) (providers.Provider, error){
		"opencell":      func(config *configv1.Provider) (providers.Provider, error) { return opencell.New(config) },
		"sell_and_sign": func(config *configv1.Provider) (providers.Provider, error) { return sellandsign.New(config) },
		"caliq":         func(config *configv1.Provider) (providers.Provider, error) { return caliq.New(config) },
		"avvio":         func(config *configv1.Provider) (providers.Provider, error) { return avvio.New(config) },
		"valomnia":      func(config *configv1.Provider) (providers.Provider, error) { return valomnia.New(config) },
	}
}

// New returns the providers of a validated configuration, by name. It sends no request.
func New(configs []*configv1.Provider) (map[string]providers.Provider, error) {
	made := make(map[string]providers.Provider, len(configs))
	for i, config := range configs {
		vendor := Vendor(config)
		construct, known := constructors()[vendor]
		if !known {
			return nil, fmt.Errorf("providers[%d].%s: Enlist has no adapter for this vendor", i, vendor)
		}
		provider, err := construct(config)
		if err != nil {
			return nil, fmt.Errorf("providers[%d].%s.%w", i, vendor, err)
		}
		var unsupported *providers.Error
		if err := provider.Describe().CheckOnExisting(config.GetOnExisting()); errors.As(err, &unsupported) {
			return nil, fmt.Errorf("providers[%d].on_existing %s", i, unsupported.Violations[0].Description)
		}
		made[config.GetName()] = provider
	}
	return made, nil
}

// Vendor returns the name of the vendor that a provider's configuration is for: `sell_and_sign`.
func Vendor(config *configv1.Provider) protoreflect.Name {
	message := config.ProtoReflect()
	field := message.WhichOneof(message.Descriptor().Oneofs().ByName("vendor"))
	if field == nil {
		return ""
	}
	return field.Name()
}
