package sandbox

import (
	"github.com/enlist-dev/enlist/sandbox/avvio"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
	"github.com/enlist-dev/enlist/sandbox/valomnia"
)

// The credentials of each vendor.
type (
	OpencellCredentials    = opencell.Credentials
	SellAndSignCredentials = sellandsign.Credentials
	ValomniaCredentials    = valomnia.Credentials
	CaliqCredentials       = caliq.Credentials
	AvvioCredentials       = avvio.Credentials
)

// Credentials are what a caller must present to each vendor.
type Credentials struct {
	Opencell    OpencellCredentials    `json:"opencell"`
	SellAndSign SellAndSignCredentials `json:"sell_and_sign"`
	Valomnia    ValomniaCredentials    `json:"valomnia"`
	Caliq       CaliqCredentials       `json:"caliq"`
	Avvio       AvvioCredentials       `json:"avvio"`
}

// DemoCredentials returns the credentials that a [Sandbox] accepts unless [WithCredentials] sets
// others. They are public on purpose. The Sell&Sign token holds the characters that a URL must
// escape, as the vendor's real tokens do.
func DemoCredentials() Credentials {
	return Credentials{
		Opencell: OpencellCredentials{
			Realm:        "opencell",
			ClientID:     "opencell-web",
			ClientSecret: "demo-opencell-client-secret",
			Username:     "demo@opencell.example",
			Password:     "demo-opencell-password",
			SellerCode:   "MAIN_SELLER",
		},
		SellAndSign: SellAndSignCredentials{Token: "demo|c2VsbCtzaWdu/dG9rZW4+=="},
		Valomnia:    ValomniaCredentials{Username: "demo@valomnia.example", Password: "demo-valomnia-password"},
		Caliq:       CaliqCredentials{APIKey: "demo-caliq-api-key", ChannelID: 2},
		Avvio:       AvvioCredentials{Username: "demo-avvio-user", Password: "demo-avvio-password", SiteID: 1853},
	}
}
