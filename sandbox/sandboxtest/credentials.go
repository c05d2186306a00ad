package sandboxtest

import (
	"github.com/enlist-dev/enlist/sandbox/avvio"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
	"github.com/enlist-dev/enlist/sandbox/valomnia"
)

// Credentials are the demo credentials of the vendors that tests name.
type Credentials struct {
	Opencell    opencell.Credentials
	SellAndSign sellandsign.Credentials
	Valomnia    valomnia.Credentials
	Caliq       caliq.Credentials
	Avvio       avvio.Credentials
}

// DemoCredentials returns what a new sandbox accepts.
func DemoCredentials() Credentials {
	return Credentials{
		Opencell:    opencell.Defaults().Credentials,
		SellAndSign: sellandsign.Defaults().Credentials,
		Valomnia:    valomnia.Defaults().Credentials,
		Caliq:       caliq.Defaults().Credentials,
		Avvio:       avvio.Defaults().Credentials,
	}
}
