package sandbox

// Credentials are what a caller must present to each vendor.
type Credentials struct {
	Opencell    OpencellCredentials    `json:"opencell"`
	SellAndSign SellAndSignCredentials `json:"sell_and_sign"`
	Valomnia    ValomniaCredentials    `json:"valomnia"`
	Caliq       CaliqCredentials       `json:"caliq"`
	Avvio       AvvioCredentials       `json:"avvio"`
}

// OpencellCredentials open a session at Opencell's identity server. SellerCode
// is no secret: it names the seller under which customers are created.
type OpencellCredentials struct {
	Realm        string `json:"realm"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Username     string `json:"username"`
	Password     string `json:"password"`
	SellerCode   string `json:"seller_code"`
}

// SellAndSignCredentials is the token presented as j_token with every call.
type SellAndSignCredentials struct {
	Token string `json:"token"`
}

// ValomniaCredentials open a session at Valomnia.
type ValomniaCredentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// CaliqCredentials is the key presented as apiKey in every body, and the one
// sales channel that is set up.
type CaliqCredentials struct {
	APIKey    string `json:"api_key"`
	ChannelID int64  `json:"channel_id"`
}

// AvvioCredentials go into the userAuth of every body; SiteID is the one
// property that the user may reach.
type AvvioCredentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
	SiteID   int64  `json:"site_id"`
}

// DemoCredentials are the credentials a [Sandbox] accepts unless
// [WithCredentials] says otherwise. They are public on purpose. The Sell&Sign
// token holds the characters that a URL must escape, as the vendor's real
// tokens do.
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
