package opencell

import (
	"embed"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

//go:embed configuration.yaml
var configuration []byte

//go:embed documented.yaml certification.yaml
var facts embed.FS

// Registration returns what the registry has of Opencell.
func Registration() providers.Registration {
	return providers.Registration{New: providers.Construct(New), Demo: demo, Configuration: configuration, Facts: facts}
}

// demo returns a connection to Opencell at the sandbox, with the sandbox's public credentials.
func demo(sandboxURL string) *configv1.Provider {
	return &configv1.Provider{Name: "opencell", Vendor: &configv1.Provider_Opencell{Opencell: &configv1.Opencell{
		BaseUrl:      sandboxURL,
		ClientSecret: "demo-opencell-client-secret", Username: "demo@opencell.example", Password: "demo-opencell-password",
		SellerCode: "MAIN_SELLER", CustomerCategory: "CLIENT", CurrencyCode: "EUR", LanguageCode: "en",
		Defaults: &enlistv1.OpencellOptions{BillingCycle: "BC_MONTHLY_1ST"},
	}}}
}
