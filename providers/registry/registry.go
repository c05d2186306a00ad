// Package registry makes the configured providers. It is the only package that knows all vendors.
//
// Package cli and tests import it.
package registry

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/avvio"
	"github.com/enlist-dev/enlist/providers/caliq"
	"github.com/enlist-dev/enlist/providers/opencell"
	"github.com/enlist-dev/enlist/providers/sellandsign"
	"github.com/enlist-dev/enlist/providers/valomnia"
)

// registrations has one line for each vendor, by its name in the configuration.
func registrations() map[protoreflect.Name]providers.Registration {
	return map[protoreflect.Name]providers.Registration{
		"opencell":      opencell.Registration(),
		"sell_and_sign": sellandsign.Registration(),
		"valomnia":      valomnia.Registration(),
		"caliq":         caliq.Registration(),
		"avvio":         avvio.Registration(),
	}
}

// All returns the registered vendors, in the order of the oneof in the configuration.
func All() []providers.Registration {
	var all []providers.Registration
	known := registrations()
	fields := (&configv1.Provider{}).ProtoReflect().Descriptor().Oneofs().ByName("vendor").Fields()
	for i := range fields.Len() {
		if registered, there := known[fields.Get(i).Name()]; there {
			all = append(all, registered)
		}
	}
	return all
}

// Demo returns the configuration of a provider of each vendor at a sandbox.
func Demo(sandboxURL string) []*configv1.Provider {
	var all []*configv1.Provider
	for _, registered := range All() {
		all = append(all, registered.Demo(sandboxURL))
	}
	return all
}

// CompleteDemo adds what a vendor needs to the create request of the demo.
func CompleteDemo(vendor enlistv1.Vendor, request *enlistv1.CreateCustomerRequest) {
	name := protoreflect.Name(strings.ToLower(strings.TrimPrefix(vendor.String(), "VENDOR_")))
	if complete := registrations()[name].CompleteDemo; complete != nil {
		complete(request)
	}
}

// New returns the providers of a validated configuration, by name. It sends no request.
func New(configs []*configv1.Provider) (map[string]providers.Provider, error) {
	made := make(map[string]providers.Provider, len(configs))
	known := registrations()
	for i, config := range configs {
		vendor := Vendor(config)
		registered, there := known[vendor]
		if !there {
			return nil, fmt.Errorf("providers[%d].%s: Enlist has no adapter for this vendor", i, vendor)
		}
		provider, err := registered.New(config)
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
