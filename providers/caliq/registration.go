package caliq

import (
	"embed"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
)

//go:embed configuration.yaml
var configuration []byte

//go:embed documented.yaml certification.yaml
var facts embed.FS

// Registration returns what the registry has of Caliq.
func Registration() providers.Registration {
	return providers.Registration{New: providers.Construct(New), Demo: demo, Configuration: configuration, Facts: facts}
}

// demo returns a connection to Caliq at the sandbox, with the sandbox's public credentials.
func demo(sandboxURL string) *configv1.Provider {
	return &configv1.Provider{Name: "caliq", Vendor: &configv1.Provider_Caliq{Caliq: &configv1.Caliq{
		BaseUrl: sandboxURL,
		ApiKey:  "demo-caliq-api-key", ChannelId: 2,
	}}}
}
