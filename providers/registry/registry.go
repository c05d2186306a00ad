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
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/opencell"
	"github.com/enlist-dev/enlist/providers/sellandsign"
	"github.com/enlist-dev/enlist/providers/valomnia"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
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

// Registered returns the vendor of a provider's configuration.
func Registered(config *configv1.Provider) providers.Registration {
	return registrations()[Vendor(config)]
}

// CompleteDemo adds what a vendor needs to the create request of the demo.
func CompleteDemo(vendor enlistv1.Vendor, request *enlistv1.CreateCustomerRequest) {
	name := protoreflect.Name(strings.ToLower(strings.TrimPrefix(vendor.String(), "VENDOR_")))
	if complete := registrations()[name].CompleteDemo; complete != nil {
		complete(request)
	}
}

// Unfit is the error of a provider that cannot be made from its configuration.
type Unfit struct {
	// Path of the setting, such as `providers[0].on_existing`.
	Path string
	// Description completes a sentence that begins with the path.
	Description string
}

// Error returns the path and what is wrong there.
func (u *Unfit) Error() string { return u.Path + " " + u.Description }

// New returns the providers of a validated configuration, by name. It sends no request. The error
// is an *Unfit.
func New(configs []*configv1.Provider) (map[string]providers.Provider, error) {
	made := make(map[string]providers.Provider, len(configs))
	for i, config := range configs {
		provider, err := newProvider(fmt.Sprintf("providers[%d]", i), config)
		if err != nil {
			return nil, err
		}
		made[config.GetName()] = provider
	}
	SetLimits(made, configs)
	return made, nil
}

// SetLimits applies the limits of a configuration to its providers. Without max_in_flight, a limit
// of this process applies.
func SetLimits(made map[string]providers.Provider, configs []*configv1.Provider) {
	for _, config := range configs {
		gate, most := made[config.GetName()].Limits(), limit.Unlimited
		if config.GetMaxInFlight() == 0 {
			most = limit.PerProvider(len(configs))
		}
		gate.SetLimits(vendorhttp.LimitsOf(config))
		gate.LimitProcess(most)
	}
}

func newProvider(path string, config *configv1.Provider) (providers.Provider, error) {
	vendor := Vendor(config)
	registered, there := registrations()[vendor]
	if !there {
		return nil, &Unfit{fmt.Sprintf("%s.%s", path, vendor), "is a vendor for which Enlist has no adapter"}
	}
	provider, err := registered.New(config)
	if err != nil {
		setting, description, _ := strings.Cut(err.Error(), ": ")
		return nil, &Unfit{fmt.Sprintf("%s.%s.%s", path, vendor, setting), description}
	}
	var unsupported *providers.Error
	if err := provider.Describe().CheckOnExisting(config.GetOnExisting()); errors.As(err, &unsupported) {
		return nil, &Unfit{path + ".on_existing", unsupported.Violations[0].Description}
	}
	return provider, nil
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
