package avvio

import (
	"crypto/rand"
	"embed"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

//go:embed configuration.yaml
var configuration []byte

//go:embed documented.yaml certification.yaml
var facts embed.FS

// Registration returns what the registry has of Avvio.
func Registration() providers.Registration {
	return providers.Registration{New: providers.Construct(New), Demo: demo, CompleteDemo: completeDemo, Configuration: configuration, Facts: facts}
}

// demo returns a connection to Avvio at the sandbox, with the sandbox's public credentials.
func demo(sandboxURL string) *configv1.Provider {
	return &configv1.Provider{Name: "avvio", Vendor: &configv1.Provider_Avvio{Avvio: &configv1.Avvio{
		BaseUrl:  sandboxURL,
		Username: "demo-avvio-user", Password: "demo-avvio-password", SiteId: 1853,
	}}}
}

// completeDemo sets a password, which an account needs.
func completeDemo(request *enlistv1.CreateCustomerRequest) {
	request.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: rand.Text()}}
}
