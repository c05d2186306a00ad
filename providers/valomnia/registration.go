package valomnia

import (
	"embed"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
)

//go:embed configuration.yaml
var configuration []byte

//go:embed documented.yaml certification.yaml
var facts embed.FS

// Registration returns what the registry has of Valomnia.
func Registration() providers.Registration {
	return providers.Registration{New: providers.Construct(New), Demo: demo, Configuration: configuration, Facts: facts}
}

// demo returns a connection to Valomnia at the sandbox, with the sandbox's public credentials.
func demo(sandboxURL string) *configv1.Provider {
	return &configv1.Provider{Name: "valomnia", Vendor: &configv1.Provider_Valomnia{Valomnia: &configv1.Valomnia{
		BaseUrl:  sandboxURL,
		Username: "demo@valomnia.example", Password: "demo-valomnia-password",
	}}}
}
