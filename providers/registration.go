package providers

import (
	"io/fs"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Registration is what the folder of a vendor gives to the registry.
type Registration struct {
	// New returns a provider for a validated configuration. It sends no request.
	New func(*configv1.Provider) (Provider, error)
	// Demo returns the configuration of a provider at a sandbox.
	Demo func(sandboxURL string) *configv1.Provider
	// CompleteDemo adds what the vendor needs to the create request of the demo. It is nil if the
	// vendor needs nothing more.
	CompleteDemo func(*enlistv1.CreateCustomerRequest)
	// Configuration is the example that `enlist init` writes: configuration.yaml in the vendor's
	// folder.
	Configuration []byte
	// Facts has documented.yaml, which lists what the vendor documents, and certification.yaml, which
	// has what package certify must know besides.
	Facts fs.FS
}

// Name returns the name of the demo's provider, of the vendor's folder, and of its page in
// docs/vendors.
func (r *Registration) Name() string { return r.Demo("").GetName() }

// Construct returns the constructor of an adapter as a Registration needs it.
func Construct[P Provider](construct func(*configv1.Provider) (P, error)) func(*configv1.Provider) (Provider, error) {
	return func(config *configv1.Provider) (Provider, error) { return construct(config) }
}
